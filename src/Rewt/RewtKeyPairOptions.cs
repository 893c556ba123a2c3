namespace Rewt;

/// <summary>The setting of the signature algorithm of key pairs, both of those that this service generates and of configured keys.</summary>
public sealed class RewtKeyPairOptions
{
    /// <summary>
    /// The algorithm of the key pairs that this service generates (RFC 7518 §3.1). A configured key determines its own algorithm; only for RSA keys,
    /// <c>PS256</c> selects PSS instead of RS256. A shared secret always uses HS256.
    /// </summary>
    /// <value><c>ES256</c> or <c>RS256</c>; for configured keys also <c>ES384</c> or <c>PS256</c>. Default <c>ES256</c>.</value>
    public string Algorithm { get; set; } = "ES256";
}
