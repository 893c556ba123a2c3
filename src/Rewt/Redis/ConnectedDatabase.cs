using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Waits until the Redis primary is connected, before a transaction or a script is sent. Without the wait, StackExchange.Redis 2.13 queues a
/// transaction or script that is sent while it is disconnected, and then never reconnects. Commands of the application on the same multiplexer would
/// then fail too.
/// </summary>
internal static class ConnectedDatabase
{
    /// <summary>
    /// Waits until the primary that stores a key is connected. Call this method immediately before a transaction or a script is sent.
    /// </summary>
    /// <exception cref="RedisConnectionException">The primary is not connected.</exception>
    /// <exception cref="TimeoutException">The primary was not connected in time.</exception>
    public static Task UntilConnectedAsync(this IDatabase database, RedisKey key, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        database.IsConnected(key, CommandFlags.DemandMaster) ? Task.CompletedTask : WaitAsync(database, key, limit, time, cancellationToken);

    private static async Task WaitAsync(IDatabase database, RedisKey key, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // The client library sends a plain command as soon as it has reconnected.
            await database.StringGetRangeAsync(key, 0, 0, CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            // An error, for example for a wrong type or a missing permission, also proves that the server is connected.
        }

        if (!database.IsConnected(key, CommandFlags.DemandMaster))
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "The Redis primary is not connected.");
        }
    }
}
