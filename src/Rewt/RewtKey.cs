namespace Rewt;

/// <summary>
/// The description of one key of a key ring, as <see cref="IRewtKeyRing"/> lists it: id, state and owner, without the secret or the private key.
/// </summary>
public sealed record RewtKey
{
    /// <summary>
    /// The key id (<c>kid</c>, RFC 7515 §4.1.4). The id of a secret is derived from the secret by a one-way function, and has 22 characters of
    /// base64url. The id of a key pair is the thumbprint of its public key (RFC 7638), and has 43 characters of base64url.
    /// </summary>
    public required string KeyId { get; init; }

    /// <summary>The state of the key.</summary>
    public required RewtKeyState State { get; init; }

    /// <summary>
    /// The time at which the state of the key ends, by the clock of the Redis server. At the end of its state, a current key becomes retired, a retired
    /// key stops verifying tokens, and a revoked key is removed from the key ring. <see langword="null"/> for a pending key, and for the current key of
    /// another process.
    /// </summary>
    public DateTimeOffset? StateEndsAt { get; init; }

    /// <summary>The service that owns the key pair; <see langword="null"/> for a shared secret and for a revoked key.</summary>
    public string? Issuer { get; init; }

    /// <summary>
    /// The name in the certificate that confirms the key pair, for example a SPIFFE ID. <see langword="null"/> if no certificate confirms the key
    /// pair, or if <see cref="RewtIdentityOptions.Authorities"/> is empty in this process.
    /// </summary>
    public string? AttestedBy { get; init; }

    /// <summary>
    /// The earliest time at which the certificate that confirms the key pair, or another certificate of its chain, expires. <see langword="null"/> if
    /// <see cref="AttestedBy"/> is <see langword="null"/>.
    /// </summary>
    public DateTimeOffset? AttestedUntil { get; init; }

    /// <summary>
    /// A text for an operator about an attestation (the signature of a certificate) that does not confirm the key. <see langword="null"/> if a
    /// certificate confirms the key, or if the key has no attestation.
    /// </summary>
    internal string? AttestationNote { get; init; }

    /// <summary>Whether the key pair belongs to another process.</summary>
    internal bool IsForeign { get; init; }
}
