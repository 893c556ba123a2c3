namespace Rewt;

/// <summary>What is known of an API key: never the key.</summary>
/// <param name="KeyId">Names the key: the first 9 bytes of its SHA-256 in base64url, 12 characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it expires; <see langword="null"/> for never.</param>
/// <param name="RevokedAt">When it was revoked; <see langword="null"/> if it was not.</param>
/// <param name="LastUsedAt">When it was last let in, to the minute or two; <see langword="null"/> if never.</param>
public sealed record RewtApiKey(
    string KeyId, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);
