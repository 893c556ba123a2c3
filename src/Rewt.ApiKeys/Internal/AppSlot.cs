namespace Rewt.Internal;

/// <summary>The exact bytes that a store holds under an app's id, which may have been written manually.</summary>
/// <param name="Value">The bytes; <see langword="null"/> when there is no entry.</param>
/// <param name="App">The parsed app; <see langword="null"/> when the bytes are not a valid app.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App);
