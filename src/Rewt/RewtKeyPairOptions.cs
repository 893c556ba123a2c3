namespace Rewt;

/// <summary>The settings of the key pairs, generated or configured, that this service signs with.</summary>
public sealed class RewtKeyPairOptions
{
    /// <summary>
    /// The algorithm of the key pairs that this service generates (RFC 7518 §3.1). The type of a configured key determines its algorithm. If this
    /// setting is <c>PS256</c>, a configured RSA key uses <c>PS256</c> instead of <c>RS256</c>. A shared secret always uses HS256.
    /// </summary>
    /// <value><c>ES256</c> or <c>RS256</c>; for configured keys also <c>ES384</c> or <c>PS256</c>. Default <c>ES256</c>.</value>
    public string Algorithm { get; set; } = "ES256";
}
