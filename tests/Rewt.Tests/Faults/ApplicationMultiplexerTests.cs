using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests with a multiplexer that the application registers and also uses itself.</summary>
public sealed class ApplicationMultiplexerTests
{
    /// <summary>The number of commands of the application that may fail after the control has recovered. Each takes at least a second.</summary>
    private const int MaximumFailures = 4;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public Task The_application_multiplexer_reconnects_and_keys_are_read_after_a_server_restart() => RestartAsync(1);

    [Fact]
    [Trait("Category", "Long")]
    public Task The_application_multiplexer_reconnects_and_keys_are_read_after_each_of_ten_restarts() => RestartAsync(10);

    /// <summary>
    /// Restarts the server, and asserts that at most four commands of the application fail after a control has recovered. The control is a multiplexer without
    /// Rewt. A slow machine delays both reconnects, so the test counts commands instead of time. A command waits for the connection for a second
    /// (<c>asyncTimeout</c>). The client library ends this wait in the heartbeat in which it reconnects, so a slow machine does not cause more failures.
    /// </summary>
    private static async Task RestartAsync(int restarts)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var configuration = ConfigurationOptions.Parse(redis.ConnectionString + ",abortConnect=false,asyncTimeout=1000");
        // The default policy delays each multiplexer by a random time of up to four seconds.
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        await using var control = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var service = await TestService.StartAsync(
            redis.ConnectionString,
            settings: options => (options.Redis, options.RefreshInterval) = (null, TimeSpan.FromMilliseconds(500)),
            configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(multiplexer));
        var keyRing = service.Provider;
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

            await Eventually.TrueAsync(() => SucceedsAsync(control), "a command of the control succeeds");
            var controlDelay = TimeProvider.System.GetElapsedTime(restarted);
            var failures = 0;
            while (!await SucceedsAsync(multiplexer)) (++failures).ShouldBeLessThanOrEqualTo(MaximumFailures, "commands of the application fail");
            var applicationDelay = TimeProvider.System.GetElapsedTime(restarted);
            await Eventually.TrueAsync(() => keyRing.Fresh is not null, "the keys are read again");
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"restart {restart + 1}: control after {controlDelay.TotalSeconds:0.00} s, application after {applicationDelay.TotalSeconds:0.00} s and {failures} failures, keys after {TimeProvider.System.GetElapsedTime(restarted).TotalSeconds:0.00} s"));
        }
    }

    /// <summary>Returns whether a command succeeds. A failure is returned after a second or later.</summary>
    private static async Task<bool> SucceedsAsync(ConnectionMultiplexer multiplexer)
    {
        var pause = Task.Delay(Second, TimeProvider.System, Cancellation);
        if (await Record.ExceptionAsync(() => multiplexer.GetDatabase().StringGetAsync("application")) is null) return true;
        await pause;
        return false;
    }
}
