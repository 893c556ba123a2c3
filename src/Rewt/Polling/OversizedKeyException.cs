namespace Rewt.Internal;

/// <summary>
/// The exception for a Redis key that contains more data than this library reads. This library never writes so much data, so another program has written
/// it. The message names the key and the solution. The log and the health check show the message.
/// </summary>
internal sealed class OversizedKeyException(string message) : InvalidOperationException(message);
