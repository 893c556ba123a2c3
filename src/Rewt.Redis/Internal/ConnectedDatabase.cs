using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Transactions and scripts only on a connection that is there. StackExchange.Redis 2.13 queues one that is sent while it is disconnected, and then never
/// connects again: the application's own commands on that multiplexer would fail with ours. Plain commands do it no harm.
/// </summary>
internal static class ConnectedDatabase
{
    /// <summary>Waits until the primary that holds a key is connected. To be called right before a transaction or a script is sent.</summary>
    /// <exception cref="RedisConnectionException">The primary is not connected.</exception>
    /// <exception cref="TimeoutException">The primary was not connected in time.</exception>
    public static Task UntilConnectedAsync(this IDatabase database, RedisKey key, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        database.IsConnected(key, CommandFlags.DemandMaster) ? Task.CompletedTask : WaitAsync(database, key, limit, time, cancellationToken);

    private static async Task WaitAsync(IDatabase database, RedisKey key, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // The client library sends a plain command as soon as it has a connection again.
            await database.StringGetRangeAsync(key, 0, 0, CommandFlags.DemandMaster).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException)
        {
            // An error (the key is of another type, the login may not read it) is an answer of a server that is connected.
        }

        if (!database.IsConnected(key, CommandFlags.DemandMaster))
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "The Redis primary is not connected.");
        }
    }
}
