namespace Rewt.Internal;

/// <summary>What a store holds under an app's id, to the byte, for a human may have written it.</summary>
/// <param name="Value">The bytes; <see langword="null"/> when there are none.</param>
/// <param name="App">The app that they are; <see langword="null"/> when they are none.</param>
internal readonly record struct AppSlot(byte[]? Value, AppEntry? App);
