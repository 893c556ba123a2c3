using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>Describes the token whose keys an <see cref="IIssuerSigningKeyResolver"/> returns. Nothing in it is verified yet, except the namespace.</summary>
public readonly record struct RewtKeyRequest
{
    /// <summary>The namespace of the scheme that verifies the token.</summary>
    public required string Namespace { get; init; }

    /// <summary>
    /// The token's tenant, if the namespace has tenants; otherwise <see langword="null"/>. The keys of all tenants may have the same key id.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>The token's <c>iss</c> (RFC 7519 §4.1.1); <see langword="null"/> for a token without one. It determines which key pairs are read.</summary>
    public string? Issuer { get; init; }

    /// <summary>The token's <c>kid</c> (RFC 7515 §4.1.4); <see langword="null"/> for a token that names no key.</summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// The keys that were returned for a token without a key id before and did not verify it, so that newer keys are needed; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public IReadOnlyList<SecurityKey>? Tried { get; init; }
}
