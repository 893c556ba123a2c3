namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown instead of a read if a Redis key has more entries than this library reads. Such a number of entries was written by
/// another program, because this library never writes so many. The message names the key and the solution, and is shown in the log and by the health
/// check.
/// </summary>
internal sealed class OversizedKeyException(string message) : InvalidOperationException(message);
