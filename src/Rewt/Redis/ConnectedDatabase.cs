using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Waits until the Redis primary is connected, before a transaction or a script is sent. StackExchange.Redis 2.13 queues one that is sent while it is
/// disconnected and then never reconnects, which would also break the application's own commands on that multiplexer.
/// </summary>
internal static class ConnectedDatabase
{
    /// <summary>Waits until the primary that holds a key is connected. Call it immediately before sending a transaction or a script.</summary>
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
