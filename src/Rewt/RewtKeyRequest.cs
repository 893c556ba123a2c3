using Microsoft.IdentityModel.Tokens;

namespace Rewt;

/// <summary>
/// The input of <see cref="IIssuerSigningKeyResolver.ResolveAsync"/>: the values that identify the key of a token. The receiver sets the namespace.
/// The tenant, the issuer and the key id come from a token that is not verified yet.
/// </summary>
public readonly record struct RewtKeyRequest
{
    /// <summary>The namespace of the scheme that verifies the token.</summary>
    public required string Namespace { get; init; }

    /// <summary>
    /// The tenant that the token names, if the namespace has tenants; otherwise <see langword="null"/>. Keys of different tenants can have the same
    /// key id.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>
    /// The issuer that the token names (<c>iss</c>, RFC 7519 §4.1.1); <see langword="null"/> for a token without an issuer. With
    /// <see cref="KeyMode.KeyPair"/>, the key pairs of the issuer are read from Redis.
    /// </summary>
    public string? Issuer { get; init; }

    /// <summary>The key id that the token names (<c>kid</c>, RFC 7515 §4.1.4); <see langword="null"/> for a token without a key id.</summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// The keys that an earlier call returned for a token without a key id, and that did not verify the token. If this list is set, the resolver reads
    /// the store again, and returns only keys that are not in the list. <see langword="null"/> in the first call for a token.
    /// </summary>
    public IReadOnlyList<SecurityKey>? Tried { get; init; }
}
