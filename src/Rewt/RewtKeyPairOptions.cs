namespace Rewt;

/// <summary>Settings of key pairs, whether this service generates them or reads them from files.</summary>
public sealed class RewtKeyPairOptions
{
    /// <summary>
    /// The algorithm of the key pairs that this service generates (RFC 7518 §3.1). A configured key states its own, except that <c>PS256</c> selects PSS
    /// for RSA keys. A shared secret always uses HS256.
    /// </summary>
    /// <value><c>ES256</c> or <c>RS256</c>; for configured keys also <c>ES384</c> or <c>PS256</c>. Default <c>ES256</c>.</value>
    public string Algorithm { get; set; } = "ES256";
}
