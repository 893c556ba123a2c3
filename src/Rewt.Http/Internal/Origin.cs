using System.Net;

namespace Rewt.Internal;

/// <summary>Scheme, host and port (RFC 6454): where a token may go.</summary>
internal sealed record Origin(string Scheme, string Host, int Port)
{
    /// <summary>That of an address that is none.</summary>
    public static readonly Origin None = new(string.Empty, string.Empty, 0);

    /// <summary>Whether what is sent there can be read on the way: all but TLS, except within this machine.</summary>
    public bool IsInTheClear => Scheme != Uri.UriSchemeHttps && !IsLoopback;

    private bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    public static Origin Of(Uri uri) => new(uri.Scheme, uri.IdnHost, uri.Port);

    /// <summary>An origin as it stands in settings, with nothing behind the port.</summary>
    public static Origin? TryParse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? Of(uri)
            : null;

    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
