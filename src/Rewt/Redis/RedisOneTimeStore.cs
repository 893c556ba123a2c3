using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The store of used one-time tokens in Redis. Each token has a Redis key, which expires when the token can no longer be accepted.</summary>
internal sealed class RedisOneTimeStore(RedisConnection connection) : IOneTimeStore
{
    public Task<bool> TryUseAsync(string @namespace, string audience, string id, TimeSpan life, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            var expiry = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(life.TotalMilliseconds)));
            // Client library 2.x sends an additional SELECT after ExecuteAsync.
            var isFirstUse = await database.StringSetAsync(new RedisKeys(@namespace).UsedOf(audience, id), "1", expiry, When.NotExists, CommandFlags.DemandMaster)
                .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            connection.Started();
            return isFirstUse;
        },
        cancellationToken);

    /// <summary>Closes the connection in the background, because a synchronous method must not wait for asynchronous work.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).Abandon();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
