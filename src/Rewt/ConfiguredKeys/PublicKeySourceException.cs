namespace Rewt.Internal;

/// <summary>The exception for keys that cannot be read from their source.</summary>
internal sealed class PublicKeySourceException(string message, Exception? innerException = null) : Exception(message, innerException);
