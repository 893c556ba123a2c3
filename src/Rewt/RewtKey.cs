namespace Rewt;

/// <summary>A key of the ring, without its secret.</summary>
/// <param name="KeyId">The key id (<c>kid</c>, RFC 7515 §4.1.4): derived from the secret by a one-way function, 22 characters of base64url.</param>
/// <param name="State">Where the key stands in its life.</param>
/// <param name="Until">
/// By the clock of the Redis server: when the current key retires, a retired one stops verifying, a revoked one is forgotten;
/// <see langword="null"/> for a pending key.
/// </param>
public sealed record RewtKey(string KeyId, RewtKeyState State, DateTimeOffset? Until);
