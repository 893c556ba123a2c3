namespace Rewt;

/// <summary>Settings of the receiver for tokens that are bound to their request (<see cref="RequestBinding"/>).</summary>
public sealed class RewtBindingOptions
{
    /// <summary>
    /// The longest body, in bytes, of a request whose token is bound to its body. The body is read before the endpoint runs; a longer one is answered
    /// with 413. More than 30 KB is kept in a temporary file meanwhile.
    /// </summary>
    /// <value>At least 0. Default 1 MiB, as much as a sender buffers by default.</value>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The path prefix that a proxy removes. It is put back before a bound token is compared with the request.
    /// </summary>
    /// <value>A path such as <c>/payments</c>. Default: none.</value>
    public string? ProxyRemovesPath { get; set; }

    /// <summary>
    /// The path prefix that a proxy adds. It is removed before a bound token is compared with the request, and a bound request without it is refused.
    /// </summary>
    /// <value>A path such as <c>/internal</c>. Default: none.</value>
    public string? ProxyAddsPath { get; set; }
}
