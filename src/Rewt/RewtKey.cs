namespace Rewt;

/// <summary>
/// The description of one key of a key ring, as <see cref="IRewtKeyRing"/> lists it: id, state and owner, without the secret or the private key.
/// </summary>
public sealed record RewtKey
{
    /// <summary>
    /// The key id (<c>kid</c>, RFC 7515 §4.1.4). For a secret: 22 characters of base64url, derived by a one-way function. For a key pair: the
    /// thumbprint of the public key (RFC 7638), 43 characters of base64url.
    /// </summary>
    public required string KeyId { get; init; }

    /// <summary>The state of the key.</summary>
    public required RewtKeyState State { get; init; }

    /// <summary>
    /// When the state ends, by the clock of the Redis server: the current key retires, a retired key stops verifying, or a revoked key is
    /// forgotten. <see langword="null"/> for a pending key, and for a key of another process.
    /// </summary>
    public DateTimeOffset? StateEndsAt { get; init; }

    /// <summary>The service that owns the key pair; <see langword="null"/> for a shared secret and for a revoked key.</summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// The name in the certificate that confirms the key pair, such as a SPIFFE ID; <see langword="null"/> if no certificate confirms the key pair,
    /// or this process has no <see cref="RewtIdentityOptions.Authorities"/>.
    /// </summary>
    public string? AttestedBy { get; init; }

    /// <summary>When the certificate of <see cref="AttestedBy"/> expires.</summary>
    public DateTimeOffset? AttestedUntil { get; init; }

    /// <summary>The reason, for an operator, why the certificate that signed this key does not confirm it; <see langword="null"/> when there is none.</summary>
    internal string? AttestationNote { get; init; }

    /// <summary>Whether the key pair belongs to another process.</summary>
    internal bool IsForeign { get; init; }
}
