namespace Rewt;

/// <summary>Information about an API key, without the key.</summary>
/// <param name="KeyId">The id of the key: the first 9 bytes of its SHA-256 in base64url, 12 characters.</param>
/// <param name="CreatedAt">When the key was created.</param>
/// <param name="ExpiresAt">When the key expires; <see langword="null"/> for never.</param>
/// <param name="RevokedAt">When the key was revoked; <see langword="null"/> if it was not.</param>
/// <param name="LastUsedAt">When the key was last accepted, accurate to one or two minutes; <see langword="null"/> if never.</param>
public sealed record RewtApiKey(
    string KeyId, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);
