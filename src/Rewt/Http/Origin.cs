namespace Rewt.Internal;

/// <summary>
/// The origin of an address: scheme, host and port (RFC 6454 §4). The credentials of an HTTP client may be sent to allowed origins only.
/// </summary>
internal sealed record Origin(string Scheme, string Host, int Port)
{
    /// <summary>The origin of an address that is not absolute.</summary>
    public static readonly Origin None = new(string.Empty, string.Empty, 0);

    /// <summary>Whether traffic to this origin can be read on the network: no TLS and not loopback.</summary>
    public bool IsInTheClear => Scheme != Uri.UriSchemeHttps && !Loopback.IsLoopback(Host);

    /// <summary>Whether traffic to this origin is plain HTTP that never leaves this machine, unless a proxy is in between.</summary>
    public bool IsPlainLoopback => Scheme != Uri.UriSchemeHttps && Loopback.IsLoopback(Host);

    public static Origin Of(Uri uri) => new(uri.Scheme, uri.IdnHost, uri.Port);

    /// <summary>Parses an origin from the settings. A path, query or fragment is not allowed.</summary>
    public static Origin? TryParse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? Of(uri)
            : null;

    /// <summary>Returns an error for each setting that is not an origin. A value is not repeated: it may contain a password or be a key.</summary>
    public static IEnumerable<string> Errors(IEnumerable<string> settings) => settings.Index().Where(setting => TryParse(setting.Item) is null)
        .Select(setting => $"AllowedOrigins:{setting.Index} is not an origin ({setting.Item?.Length ?? 0} characters); write scheme://host:port.");

    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
