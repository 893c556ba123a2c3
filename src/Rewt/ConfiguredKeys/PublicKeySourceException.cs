namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown when configured keys or certificates cannot be read or used. Its message names the file or URL and the reason,
/// without the content.
/// </summary>
internal sealed class PublicKeySourceException(string message, Exception? innerException = null) : Exception(message, innerException);
