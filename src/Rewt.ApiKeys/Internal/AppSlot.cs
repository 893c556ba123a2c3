namespace Rewt.Internal;

/// <summary>
/// What a store holds under one app id, read before a change: the exact bytes, and the app parsed from them. The change is written only if the store
/// still holds these bytes.
/// </summary>
/// <param name="Value">The bytes; <see langword="null"/> when there is no entry.</param>
/// <param name="App">The parsed app; <see langword="null"/> when the bytes are not a valid app.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App);
