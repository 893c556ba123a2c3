namespace Rewt;

/// <summary>A key of the ring, without its secret or private part.</summary>
/// <param name="KeyId">
/// The key id (<c>kid</c>, RFC 7515 §4.1.4): derived from a secret by a one-way function, 22 characters of base64url, or the thumbprint of a public key (RFC 7638),
/// 43 of them.
/// </param>
/// <param name="State">Where the key stands in its life.</param>
/// <param name="Until">
/// By the clock of the Redis server: when the current key retires, a retired one stops verifying, a revoked one is forgotten;
/// <see langword="null"/> for a pending key and where only another process knows.
/// </param>
public sealed record RewtKey(string KeyId, RewtKeyState State, DateTimeOffset? Until)
{
    /// <summary>The service whose key pair it is; <see langword="null"/> for a shared secret and for a revoked key.</summary>
    public string? Issuer { get; init; }

    /// <summary>A key pair of another process.</summary>
    internal bool IsForeign { get; init; }
}
