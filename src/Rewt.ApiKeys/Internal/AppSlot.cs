namespace Rewt.Internal;

/// <summary>
/// The stored value of one app id, read before a change: the exact bytes, and the app that was parsed from the bytes. The change is written only if
/// the store still contains the same bytes.
/// </summary>
/// <param name="Value">The stored bytes; <see langword="null"/> if the store contains no app with the id.</param>
/// <param name="App">The parsed app; <see langword="null"/> if the bytes are not a valid app.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App);
