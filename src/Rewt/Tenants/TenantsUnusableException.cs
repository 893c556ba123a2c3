namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown if the stored states of tenants cannot be used, although the server answers. An example is a Redis key of the wrong
/// type. The message explains how an operator can correct the error.
/// </summary>
internal sealed class TenantsUnusableException(string message, Exception? innerException = null) : Exception(message, innerException);
