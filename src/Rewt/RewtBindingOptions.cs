namespace Rewt;

/// <summary>
/// Settings by which a receiver compares a token that is bound to its request (<see cref="RequestBinding"/>) with the request that arrived: the
/// longest body, and the part of the path that a proxy changes.
/// </summary>
public sealed class RewtBindingOptions
{
    /// <summary>
    /// The longest body, in bytes, of a request whose token is bound to its body. The body is read before the endpoint runs. A request with a longer body
    /// gets 413. A body of more than 30 KB is kept in a temporary file while the request is processed.
    /// </summary>
    /// <value>At least 0. Default 1 MiB, as much as a sender buffers by default.</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The path prefix that a proxy removes. Before a bound token is compared with the request, the prefix is added to the path.
    /// </summary>
    /// <value>A path such as <c>/payments</c>. Default: none.</value>
    public string? ProxyRemovesPath { get; set; }

    /// <summary>
    /// The path prefix that a proxy adds. Before a bound token is compared with the request, the prefix is removed from the path. A request without
    /// the prefix is refused if its token is bound.
    /// </summary>
    /// <value>A path such as <c>/internal</c>. Default: none.</value>
    public string? ProxyAddsPath { get; set; }
}
