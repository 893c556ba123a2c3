using StackExchange.Redis;

namespace Rewt.Samples.Demo;

/// <summary>The demo's own connection to the server, for statistics and for the actions of an operator.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private static readonly string[] Services = ["orders", "inventory", "shipping", "demo"];

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly ConnectionMultiplexer _redis;

    private RedisConnection(ConnectionMultiplexer redis) => _redis = redis;

    public static async Task<RedisConnection> ConnectAsync(string redis)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(redis);
            // The client library counts INFO among the administrator commands.
            configuration.AllowAdmin = true;
            return new RedisConnection(await ConnectionMultiplexer.ConnectAsync(configuration));
        }
        catch (ArgumentException)
        {
            // The message of the client library can quote a part of the password.
            throw new DemoException("--redis is not a connection string of StackExchange.Redis. Write host:port,password=...");
        }
        catch (RedisConnectionException)
        {
            throw new DemoException("The server of --redis cannot be reached, or refuses the login. Check the host, the port and the password.");
        }
    }

    /// <returns>The counts, or null if the server does not provide them.</returns>
    public async Task<CommandCounts?> CountsAsync()
    {
        try
        {
            // Sent to the server instead of a database, where each INFO would add a SELECT.
            var info = await _redis.GetServer(_redis.GetEndPoints()[0]).InfoRawAsync("commandstats").WaitAsync(Timeout);
            return info is null ? null : CommandCounts.Parse(info);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Deletes the keys as redis-cli DEL would, which revokes all current keys.</summary>
    public Task DeleteKeysAsync(string @namespace, KeyMode mode) => mode == KeyMode.SharedSecret
        ? DeleteAsync($"{@namespace}:rewt-secret")
        : DeleteAsync([.. Services.Select(service => (RedisKey)$"{{{@namespace}:rewt-keys}}:{service}:keys")]);

    /// <summary>Deletes all Redis keys of a namespace, as a flush would.</summary>
    public async Task DeleteNamespaceAsync(string @namespace)
    {
        await DeleteAsync($"{@namespace}:rewt-secret", $"{{{@namespace}:rewt-secret}}:ring", $"{{{@namespace}:rewt-secret}}:dead", $"{{{@namespace}:rewt-secret}}:instances");
        await DeleteAsync([$"{{{@namespace}:rewt-keys}}:dead", $"{{{@namespace}:rewt-keys}}:instances", .. Services.SelectMany(service => KeysOf(@namespace, service))]);
    }

    public async ValueTask DisposeAsync() => await _redis.CloseAsync(allowCommandsToComplete: false);

    private static IEnumerable<RedisKey> KeysOf(string @namespace, string service) =>
        [$"{{{@namespace}:rewt-keys}}:{service}:keys", $"{{{@namespace}:rewt-keys}}:{service}:epoch", $"{{{@namespace}:rewt-keys}}:{service}:dead"];

    private async Task DeleteAsync(params RedisKey[] keys)
    {
        try
        {
            await _redis.GetDatabase().ExecuteAsync("DEL", [.. keys.Cast<object>()]).WaitAsync(Timeout);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new DemoException($"Redis did not delete {string.Join(", ", keys)}: {exception.Message}");
        }
    }
}
