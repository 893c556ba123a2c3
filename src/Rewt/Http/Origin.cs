namespace Rewt.Internal;

/// <summary>
/// The origin of an address: scheme, host and port (RFC 6454 §4). The credentials of an HTTP client are sent to allowed origins only.
/// </summary>
internal sealed record Origin(string Scheme, string Host, int Port)
{
    /// <summary>The origin of an address that is not absolute.</summary>
    public static readonly Origin None = new(string.Empty, string.Empty, 0);

    /// <summary>
    /// Whether requests to this origin are sent over the network without encryption: the scheme is neither https nor wss, and the host is not loopback.
    /// </summary>
    public bool IsInTheClear => !IsEncrypted && !Loopback.IsLoopback(Host);

    /// <summary>
    /// Whether requests to this origin are sent to this machine over plain HTTP. Such requests do not leave this machine, unless a proxy is used.
    /// </summary>
    public bool IsPlainLoopback => !IsEncrypted && Loopback.IsLoopback(Host);

    private bool IsEncrypted => Scheme == Uri.UriSchemeHttps || Scheme == Uri.UriSchemeWss;

    public static Origin Of(Uri uri) => new(uri.Scheme, uri.IdnHost, uri.Port);

    /// <summary>
    /// Parses an origin in the settings. Returns <see langword="null"/> if the text is not an origin, or contains a path, a query or a fragment.
    /// </summary>
    public static Origin? TryParse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? Of(uri)
            : null;

    /// <summary>
    /// Returns an error for each setting that is not an origin. An error does not contain the value, because the value may contain a password or a
    /// key.
    /// </summary>
    public static IEnumerable<string> Errors(IEnumerable<string> settings) => settings.Index().Where(setting => TryParse(setting.Item) is null)
        .Select(setting => $"AllowedOrigins:{setting.Index} is not an origin ({setting.Item?.Length ?? 0} characters); write scheme://host:port.");

    public override string ToString() => $"{Scheme}://{Host}:{Port}";
}
