namespace Rewt;

/// <summary>
/// The description of one API key of a trusted app, in the result of <see cref="IRewtApps.ListAsync"/>. The description contains the id of the key,
/// and the times at which the key was created, used and revoked. The description does not contain the key itself.
/// </summary>
public sealed record RewtApiKey
{
    /// <summary>The id of the key. The id is the first 9 bytes of the SHA-256 hash of the key, as 12 characters of base64url.</summary>
    public required string KeyId { get; init; }

    /// <summary>The time at which the key was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time at which the key expires; <see langword="null"/> if the key never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The time at which the key was revoked; <see langword="null"/> if the key is not revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>
    /// The time at which the key was last accepted, with an accuracy of one to two minutes; <see langword="null"/> if the key was never accepted.
    /// </summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
