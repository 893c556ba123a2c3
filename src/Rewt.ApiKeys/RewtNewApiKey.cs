namespace Rewt;

/// <summary>
/// A new API key for a trusted app, returned by <see cref="IRewtApps.AddAsync"/> and <see cref="IRewtApps.RotateAsync"/>. The key cannot be displayed
/// again.
/// </summary>
public sealed record RewtNewApiKey
{
    /// <summary>The id of the app.</summary>
    public required string AppId { get; init; }

    /// <summary>The id of the key, for lists and revocation.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key: <c>rewt_</c>, the app's id, <c>_</c>, 43 random characters and a checksum of 8 characters.</summary>
    public required string Key { get; init; }

    /// <summary>When the key expires; <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Returns the key id and the app id, never the key.</summary>
    public override string ToString() => $"API key {KeyId} of {AppId}";
}
