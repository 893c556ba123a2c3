using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>A multiplexer of the application's own, which its other code uses too.</summary>
public sealed class ApplicationMultiplexerTests
{
    [Fact]
    public Task A_restarted_server_gets_the_multiplexer_of_the_application_back() => RestartAsync(1);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_server_that_is_restarted_ten_times_gets_the_multiplexer_of_the_application_back_each_time() => RestartAsync(10);

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
            var killed = TimeProvider.System.GetTimestamp();
            // Long enough for several refreshes while the multiplexer is disconnected.
            await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(killed) > TimeSpan.FromSeconds(3), "time passes");
            await redis.RestartAsync();
            var restarted = TimeProvider.System.GetTimestamp();

            await Eventually.TrueAsync(async () => await Record.ExceptionAsync(() => multiplexer.GetDatabase().StringGetAsync("application")) is null, "the application's own command is answered");
            var own = TimeProvider.System.GetElapsedTime(restarted);
            await Eventually.TrueAsync(() => keyRing.Fresh is not null, "the keys are read again");
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"restart {restart + 1}: own command after {own.TotalSeconds:0.00} s, keys after {TimeProvider.System.GetElapsedTime(restarted).TotalSeconds:0.00} s"));
        }
    }
}
