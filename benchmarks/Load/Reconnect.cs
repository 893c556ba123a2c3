using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>
/// Measures how long after the restart of a server the application's own command is answered on the application's own multiplexer: on one that Rewt uses
/// too, and on one without Rewt through the same outages. Both have the settings that the client library has by default.
/// </summary>
internal static class Reconnect
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static async Task RunAsync(int restarts, TimeSpan outage, TextWriter output)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var shared = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        await using var alone = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        await using var service = await LoadHost.RewtAsync(null, configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(shared));
        var (withRewt, withoutRewt) = (new List<double>(), new List<double>());
        for (var restart = 0; restart < restarts; restart++)
        {
            redis.Kill();
            await Task.Delay(outage);
            await redis.RestartAsync();
            var answered = await Task.WhenAll(SecondsToAnswerAsync(shared), SecondsToAnswerAsync(alone));
            withRewt.Add(answered[0]);
            withoutRewt.Add(answered[1]);
        }

        var client = typeof(ConnectionMultiplexer).Assembly.GetName().Version;
        output.WriteLine(
            $"a command of the application after {restarts} restarts, client {client}: with Rewt on the multiplexer median {Numbers.Median(withRewt):0.00} s, worst {withRewt.Max():0.00} s; "
            + $"without Rewt {Numbers.Median(withoutRewt):0.00} s, {withoutRewt.Max():0.00} s");
    }

    private static async Task<double> SecondsToAnswerAsync(ConnectionMultiplexer multiplexer)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await multiplexer.GetDatabase().StringGetAsync("application");
                return TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            }
            catch (Exception exception) when (exception is RedisConnectionException or RedisTimeoutException)
            {
                await Task.Delay(Pause);
            }
        }
    }
}
