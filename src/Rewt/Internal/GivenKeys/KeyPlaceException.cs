namespace Rewt.Internal;

/// <summary>The exception for keys that cannot be read from their source.</summary>
internal sealed class KeyPlaceException(string message, Exception? innerException = null) : Exception(message, innerException);
