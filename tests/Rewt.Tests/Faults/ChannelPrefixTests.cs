using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Connection strings with a channelPrefix, which the client library puts before the names of channels and a script does not.</summary>
public sealed class ChannelPrefixTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_arrives_where_a_connection_string_has_a_channel_prefix(bool mayRunScripts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        if (!mayRunScripts) await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        // Longer than the test waits: a poll cannot have done it.
        await using var one = await Instance.StartWarmAsync(redis.ConnectionString + ",channelPrefix=app:", Slow);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString, Slow);

        await HearsAsync(redis, 2, one.Ring, two.Ring);
        await HearsAsync(redis, 2, two.Ring, one.Ring);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_arrives_where_the_multiplexers_of_applications_have_a_channel_prefix(bool mayRunScripts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        if (!mayRunScripts) await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",channelPrefix=app:");
        await using var another = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",channelPrefix=app:");
        await using var one = await StartAsync(redis, multiplexer);
        await using var two = await StartAsync(redis, another);
        await using var bare = await Instance.StartWarmAsync(redis.ConnectionString, Slow);

        await HearsAsync(redis, 1, one.Ring, two.Ring);
        await HearsAsync(redis, 1, two.Ring, bare.Ring);
    }

    private static void Slow(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMinutes(10);

    private static async Task<TestService> StartAsync(RedisServer redis, ConnectionMultiplexer multiplexer)
    {
        var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options =>
            {
                Slow(options);
                // A connection string would be used instead of the multiplexer.
                options.Redis = null;
            },
            configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        await service.Ring.GetAsync(Cancellation);
        return service;
    }

    private static async Task HearsAsync(RedisServer redis, int listeners, IRewtKeyRing from, IRewtKeyRing to)
    {
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("PUBSUB", "CHANNELS")).Contains("{rewt:rewt-secret}:look", StringComparison.Ordinal)
                && (await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).EndsWith(listeners.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            "all are subscribed");
        var current = (await from.RotateAsync(Cancellation)).Current!.KeyId;
        await Eventually.TrueAsync(async () => (await to.GetAsync(Cancellation)).Current!.KeyId == current, "the push arrives");
    }
}
