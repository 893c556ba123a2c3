namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown when what is stored about tenants cannot be used, although the server answers: for example, a Redis key has the wrong
/// type. The message explains the solution.
/// </summary>
internal sealed class TenantsUnusableException(string message, Exception? innerException = null) : Exception(message, innerException);
