namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown in place of a read when a Redis key has more entries than this library reads, which only another client can have
/// written. The message names the key and the repair, and is shown in the log and by the health check.
/// </summary>
internal sealed class OversizedKeyException(string message) : InvalidOperationException(message);
