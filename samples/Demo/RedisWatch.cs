using StackExchange.Redis;

namespace Rewt.Samples.Demo;

/// <summary>The demo's own connection to the server: it looks at the statistics and does what an operator would do by hand.</summary>
internal sealed class RedisWatch : IAsyncDisposable
{
    private static readonly string[] Services = ["orders", "inventory", "shipping", "demo"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ConnectionMultiplexer _redis;

    private RedisWatch(ConnectionMultiplexer redis) => _redis = redis;

    public static async Task<RedisWatch> ConnectAsync(string redis)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(redis);
            // The client library counts INFO among the commands of administrators.
            configuration.AllowAdmin = true;
            return new RedisWatch(await ConnectionMultiplexer.ConnectAsync(configuration));
        }
        catch (Exception exception) when (exception is RedisConnectionException or ArgumentException)
        {
            throw new DemoException($"--redis {redis} cannot be reached: {exception.Message}");
        }
    }

    /// <returns>The counts, or null where the server keeps none or does not tell.</returns>
    public async Task<CommandCounts?> CountsAsync()
    {
        try
        {
            // On the server, not a database: there, each INFO would bring a SELECT with it.
            var info = await _redis.GetServer(_redis.GetEndPoints()[0]).InfoRawAsync("commandstats").WaitAsync(Limit);
            return info is null ? null : CommandCounts.Parse(info);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What redis-cli DEL does: all keys that sign are revoked at once.</summary>
    public Task DeleteKeysAsync(string @namespace, KeyMode mode) => mode == KeyMode.SharedSecret
        ? DeleteAsync($"{@namespace}:rewt-secret")
        : DeleteAsync([.. Services.Select(service => (RedisKey)$"{{{@namespace}:rewt-keys}}:{service}:keys")]);

    /// <summary>All that a namespace has in Redis, as after a flush.</summary>
    public async Task DeleteNamespaceAsync(string @namespace)
    {
        await DeleteAsync($"{@namespace}:rewt-secret", $"{{{@namespace}:rewt-secret}}:ring", $"{{{@namespace}:rewt-secret}}:dead", $"{{{@namespace}:rewt-secret}}:instances");
        await DeleteAsync([$"{{{@namespace}:rewt-keys}}:dead", $"{{{@namespace}:rewt-keys}}:instances", .. Services.SelectMany(service => Ring(@namespace, service))]);
    }

    public async ValueTask DisposeAsync() => await _redis.CloseAsync(allowCommandsToComplete: false);

    private static IEnumerable<RedisKey> Ring(string @namespace, string service) =>
        [$"{{{@namespace}:rewt-keys}}:{service}:keys", $"{{{@namespace}:rewt-keys}}:{service}:epoch", $"{{{@namespace}:rewt-keys}}:{service}:dead"];

    private async Task DeleteAsync(params RedisKey[] keys)
    {
        try
        {
            await _redis.GetDatabase().ExecuteAsync("DEL", [.. keys.Cast<object>()]).WaitAsync(Limit);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new DemoException($"Redis did not delete {string.Join(", ", keys)}: {exception.Message}");
        }
    }
}
