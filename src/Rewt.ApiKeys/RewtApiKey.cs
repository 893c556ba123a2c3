namespace Rewt;

/// <summary>
/// Describes one API key of a trusted app, in the result of <see cref="IRewtApps.ListAsync"/>: its id, and when it was created, used and revoked. It
/// does not contain the key.
/// </summary>
public sealed record RewtApiKey
{
    /// <summary>The id of the key: the first 9 bytes of its SHA-256 in base64url, 12 characters.</summary>
    public required string KeyId { get; init; }

    /// <summary>When the key was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the key expires; <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the key was revoked; <see langword="null"/> if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When the key was last accepted, accurate to one or two minutes; <see langword="null"/> if never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
