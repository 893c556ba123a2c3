namespace Rewt.Internal;

/// <summary>
/// The content of a store for one app id: the exact bytes, which may have been written by hand, and the app that they describe. A change of the app is
/// written only if the bytes are still the same.
/// </summary>
/// <param name="Value">The bytes; <see langword="null"/> when there is no entry.</param>
/// <param name="App">The parsed app; <see langword="null"/> when the bytes are not a valid app.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App);
