namespace Rewt.Internal;

/// <summary>Keys cannot be read where they should stand.</summary>
internal sealed class KeyPlaceException(string message, Exception? innerException = null) : Exception(message, innerException);
