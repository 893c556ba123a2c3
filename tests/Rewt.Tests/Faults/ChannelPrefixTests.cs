using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests with a channelPrefix. The client library adds it to channel names, but a script does not.</summary>
public sealed class ChannelPrefixTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_message_arrives_when_a_connection_string_has_a_channel_prefix(bool mayRunScripts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        if (!mayRunScripts) await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        // The refresh interval is longer than the test waits, so the change cannot arrive by polling.
        await using var one = await Instance.StartWarmAsync(redis.ConnectionString + ",channelPrefix=app:", PollRarely);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString, PollRarely);

        await AssertPushArrivesAsync(redis, 2, one.Ring, two.Ring);
        await AssertPushArrivesAsync(redis, 2, two.Ring, one.Ring);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_push_message_arrives_when_an_application_multiplexer_has_a_channel_prefix(bool mayRunScripts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        if (!mayRunScripts) await redis.CommandAsync("ACL", "SETUSER", "default", "-@scripting");
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",channelPrefix=app:");
        await using var otherMultiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",channelPrefix=app:");
        await using var one = await StartAsync(redis, multiplexer);
        await using var two = await StartAsync(redis, otherMultiplexer);
        await using var withoutPrefix = await Instance.StartWarmAsync(redis.ConnectionString, PollRarely);

        await AssertPushArrivesAsync(redis, 1, one.Ring, two.Ring);
        await AssertPushArrivesAsync(redis, 1, two.Ring, withoutPrefix.Ring);
    }

    private static void PollRarely(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMinutes(10);

    private static async Task<TestService> StartAsync(RedisServer redis, ConnectionMultiplexer multiplexer)
    {
        var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options =>
            {
                PollRarely(options);
                // A connection string would take precedence over the multiplexer.
                options.Redis = null;
            },
            configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        await service.Ring.GetAsync(Cancellation);
        return service;
    }

    private static async Task AssertPushArrivesAsync(RedisServer redis, int subscribers, IRewtKeyRing from, IRewtKeyRing to)
    {
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("PUBSUB", "CHANNELS")).Contains("{rewt:rewt-secret}:look", StringComparison.Ordinal)
                && (await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).EndsWith(subscribers.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            "all instances are subscribed");
        var current = (await from.RotateAsync(Cancellation)).Current!.KeyId;
        await Eventually.TrueAsync(async () => (await to.GetAsync(Cancellation)).Current!.KeyId == current, "the push message arrives");
    }
}
