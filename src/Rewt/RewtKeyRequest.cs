using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// The input of <see cref="IIssuerSigningKeyResolver.ResolveAsync"/>: the values that identify the key of a token. Only the namespace comes from the
/// receiver; tenant, issuer and key id come from a token that is not verified yet.
/// </summary>
public readonly record struct RewtKeyRequest
{
    /// <summary>The namespace of the scheme that verifies the token.</summary>
    public required string Namespace { get; init; }

    /// <summary>
    /// The token's tenant, if the namespace has tenants; otherwise <see langword="null"/>. The keys of all tenants may have the same key id.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// The token's <c>iss</c> (RFC 7519 §4.1.1); <see langword="null"/> for a token without an issuer. The issuer determines which key pairs are
    /// read.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>The token's <c>kid</c> (RFC 7515 §4.1.4); <see langword="null"/> for a token that names no key.</summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// For a token without a key id, the keys that an earlier call returned and that did not verify the token, so that newer keys are needed; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public IReadOnlyList<SecurityKey>? Tried { get; init; }
}
