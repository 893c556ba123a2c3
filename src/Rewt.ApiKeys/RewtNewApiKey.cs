namespace Rewt;

/// <summary>
/// A new API key for a trusted app, returned by <see cref="IRewtApps.AddAsync"/> and <see cref="IRewtApps.RotateAsync"/>. The key cannot be displayed
/// again.
/// </summary>
public sealed record RewtNewApiKey
{
    /// <summary>The id of the app.</summary>
    public required string AppId { get; init; }

    /// <summary>The id of the key. <see cref="IRewtApps.ListAsync"/> returns the id, and <see cref="IRewtApps.RevokeKeyAsync"/> requires it.</summary>
    public required string KeyId { get; init; }

    /// <summary>
    /// The API key, which consists of <c>rewt_</c>, the id of the app, <c>_</c>, 43 random characters and a checksum of 8 characters.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>The time at which the key expires; <see langword="null"/> if the key never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Returns a text with the id of the key and the id of the app, but not the key itself.</summary>
    public override string ToString() => $"API key {KeyId} of {AppId}";
}
