namespace Rewt.Internal;

/// <summary>
/// The stored value of one app id, read before a change: the exact bytes, and the app that was parsed from the bytes. The change is written only if
/// the store still contains the same bytes.
/// </summary>
/// <param name="Value">The stored bytes; <see langword="null"/> if the store contains no app with the id.</param>
/// <param name="App">The parsed app; <see langword="null"/> if the bytes are not a valid app.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App)
{
    /// <summary>Returns the ids of the keys that this app has and a changed app no longer has.</summary>
    public IEnumerable<string> KeysRemovedBy(AppEntry changed) => (App?.Keys ?? []).Select(key => key.Id).Except(changed.Keys.Select(key => key.Id), StringComparer.Ordinal);
}
