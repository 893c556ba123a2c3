using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Rewt.Tests.Operations;

public sealed class StopTests
{
    [Theory]
    [InlineData(KeyMode.SharedSecret, "{rewt:rewt-secret}:instances")]
    [InlineData(KeyMode.KeyPair, "{rewt:rewt-keys}:instances")]
    public async Task A_stopped_service_leaves_the_list_of_live_instances_before_its_container_is_disposed(KeyMode mode, string key)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            // The service uses the multiplexer of the container, which the container disposes first.
            settings: options => (options.Redis, options.KeyMode, options.RefreshInterval) = (null, mode, TimeSpan.FromSeconds(1)),
            configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis.ConnectionString)));
        await service.Ring.GetAsync(Cancellation);
        await Eventually.TrueAsync(async () => await CountAsync() == 1, "the service is in the list");

        foreach (var hosted in service.Services.GetServices<IHostedService>()) await hosted.StopAsync(Cancellation);

        (await CountAsync()).ShouldBe(0);
        await service.Services.GetRequiredService<KeyRingRegistry>().ReadNowAsync(Cancellation);
        (await CountAsync()).ShouldBe(0);

        async Task<long> CountAsync() => (long)(await redis.CommandAsync("ZCARD", key))!;
    }
}
