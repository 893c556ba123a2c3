using System.Globalization;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The store of used one-time tokens in Redis. Each token has a Redis key, which expires when the token can no longer be accepted.</summary>
internal sealed class RedisOneTimeStore(RedisConnection connection) : IOneTimeStore
{
    public Task<bool> TryUseAsync(string ring, string audience, string id, TimeSpan life, CancellationToken cancellationToken) => connection.AskAsync(
        async database =>
        {
            var milliseconds = Math.Max(1, (long)Math.Ceiling(life.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
            object[] arguments = [new RedisKeys(ring).UsedOf(audience, id), "1", "PX", milliseconds, "NX"];
            var answer = await database.ExecuteAsync("SET", arguments, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            connection.Started();
            return !answer.IsNull;
        },
        cancellationToken);

    /// <summary>Closes the connection in the background, because a synchronous method must not wait for asynchronous work.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).Abandon();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
