namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown if configured keys or certificates cannot be read or used. The message contains the reason and the name of the file
/// or URL, but no content.
/// </summary>
internal sealed class PublicKeySourceException(string message, Exception? innerException = null) : Exception(message, innerException);
