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
    /// When the state of the key ends, by the clock of the Redis server. A current key then becomes retired, a retired key stops verifying, and a
    /// revoked key is removed from the list. <see langword="null"/> for a pending key, and for a key of another process.
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
    /// When the certificate that confirms the key pair expires. <see langword="null"/> if <see cref="AttestedBy"/> is <see langword="null"/>.
    /// </summary>
    public DateTimeOffset? AttestedUntil { get; init; }

    /// <summary>
    /// The reason why the certificate that signed this key does not confirm the key, as a message for an operator. <see langword="null"/> if there is
    /// no such reason.
    /// </summary>
    internal string? AttestationNote { get; init; }

    /// <summary>Whether the key pair belongs to another process.</summary>
    internal bool IsForeign { get; init; }
}
