namespace Rewt.Internal;

/// <summary>The exception that is thrown when the application's <see cref="IRewtSecretProtector"/> fails or does not answer.</summary>
internal sealed class SecretProtectorException(string message, Exception? innerException = null) : Exception(message, innerException);
