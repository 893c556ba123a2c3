namespace Rewt;

/// <summary>A key that was just made; nobody can show it again.</summary>
/// <param name="AppId">The app.</param>
/// <param name="KeyId">Names the key in lists and for revoking it.</param>
/// <param name="Key">The key itself: <c>rewt_</c>, the app's id, <c>_</c>, 43 random characters and 8 of a checksum.</param>
/// <param name="ExpiresAt">When it expires; <see langword="null"/> for never.</param>
public sealed record RewtNewApiKey(string AppId, string KeyId, string Key, DateTimeOffset? ExpiresAt)
{
    /// <summary>Names the key and never shows it.</summary>
    public override string ToString() => $"API key {KeyId} of {AppId}";
}
