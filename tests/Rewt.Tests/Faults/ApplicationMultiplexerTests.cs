using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests with a multiplexer that the application registers and also uses itself.</summary>
public sealed class ApplicationMultiplexerTests
{
    [Fact]
    public Task The_application_multiplexer_reconnects_and_keys_are_read_after_a_server_restart() => RestartAsync(1);

    [Fact]
    [Trait("Category", "Long")]
    public Task The_application_multiplexer_reconnects_and_keys_are_read_after_each_of_ten_restarts() => RestartAsync(10);

    private static async Task RestartAsync(int restarts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",abortConnect=false");
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options => (options.Redis, options.RefreshInterval) = (null, TimeSpan.FromMilliseconds(500)),
            configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        var keyRing = service.Services.GetRequiredService<KeyRingRegistry>().Provider("rewt");
        await service.Ring.GetAsync(Cancellation);
        service.Log.Text.ShouldContain("Rewt uses the registered IConnectionMultiplexer");

        for (var restart = 0; restart < restarts; restart++)
        {
            await redis.KillAsync();
            var stopped = TimeProvider.System.GetTimestamp();
            // The downtime is long enough for several refreshes while the multiplexer is disconnected.
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(stopped) > TimeSpan.FromSeconds(3), "the downtime ends");
            await redis.RestartAsync();
            var restarted = TimeProvider.System.GetTimestamp();

            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => multiplexer.GetDatabase().StringGetAsync("application")) is null, "a command of the application succeeds");
            var applicationDelay = TimeProvider.System.GetElapsedTime(restarted);
            await Eventually.TrueAsync(() => keyRing.Fresh is not null, "the keys are read again");
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"restart {restart + 1}: application command after {applicationDelay.TotalSeconds:0.00} s, keys after {TimeProvider.System.GetElapsedTime(restarted).TotalSeconds:0.00} s"));
        }
    }
}
