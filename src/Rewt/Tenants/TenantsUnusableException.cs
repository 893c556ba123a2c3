namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown when the stored tenants cannot be read, although the server answers. The message explains the solution.
/// </summary>
internal sealed class TenantsUnusableException(string message, Exception? innerException = null) : Exception(message, innerException);
