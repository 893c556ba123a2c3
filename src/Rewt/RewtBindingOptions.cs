namespace Rewt;

/// <summary>
/// Settings of a receiver for tokens that are bound to their request (<see cref="RequestBinding"/>): the longest permitted body, and the part of the
/// path that a proxy changes.
/// </summary>
public sealed class RewtBindingOptions
{
    /// <summary>
    /// The maximum length, in bytes, of a request body to which a token is bound. The receiver reads the body before the endpoint runs. A request whose
    /// token is bound to a longer body is answered with status 413. A body of more than 30 KB is kept in a temporary file while the request is
    /// processed.
    /// </summary>
    /// <value>At least 0. Default 1 MiB, which is also the default of <see cref="RewtSigningOptions.MaxBufferedBodyBytes"/>.</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The path prefix that a proxy in front of this service removes. The receiver adds the prefix to the path of a request, and then checks whether
    /// the token is bound to the resulting path.
    /// </summary>
    /// <value>A path such as <c>/payments</c>. Default: none.</value>
    public string? ProxyRemovesPath { get; set; }

    /// <summary>
    /// The path prefix that a proxy in front of this service adds. The receiver removes the prefix from the path of a request, and then checks whether
    /// the token is bound to the resulting path. A request with a bound token is refused if its path does not begin with the prefix.
    /// </summary>
    /// <value>A path such as <c>/internal</c>. Default: none.</value>
    public string? ProxyAddsPath { get; set; }
}
