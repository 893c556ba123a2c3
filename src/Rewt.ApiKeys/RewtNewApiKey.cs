namespace Rewt;

/// <summary>A new API key. The key cannot be displayed again.</summary>
/// <param name="AppId">The id of the app.</param>
/// <param name="KeyId">The id of the key, for lists and revocation.</param>
/// <param name="Key">The key: <c>rewt_</c>, the app's id, <c>_</c>, 43 random characters and a checksum of 8 characters.</param>
/// <param name="ExpiresAt">When the key expires; <see langword="null"/> for never.</param>
public sealed record RewtNewApiKey(string AppId, string KeyId, string Key, DateTimeOffset? ExpiresAt)
{
    /// <summary>Returns the key id and the app id, never the key.</summary>
    public override string ToString() => $"API key {KeyId} of {AppId}";
}
