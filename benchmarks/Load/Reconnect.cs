using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>
/// Measures the time from the restart of a server to the first answer to a command of the application. Three multiplexers are measured during the same
/// outages: one that Rewt uses too, one without Rewt, and one without Rewt that reconnects at short intervals. The first two have the default settings of the
/// client library.
/// </summary>
internal static class Reconnect
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static async Task RunAsync(int restarts, TimeSpan outage, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var shared = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        await using var withoutRewt = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        var configuration = ConfigurationOptions.Parse(redis.Address + ",abortConnect=false");
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        await using var withShortRetry = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var service = await LoadHost.RewtAsync(null, configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(shared));
        var answers = new List<double[]>();
        for (var restart = 0; restart < restarts; restart++)
        {
            redis.Kill();
            await Task.Delay(outage);
            await redis.RestartAsync();
            answers.Add(await Task.WhenAll(SecondsToAnswerAsync(shared), SecondsToAnswerAsync(withoutRewt), SecondsToAnswerAsync(withShortRetry)));
        }

        output.WriteLine($"a command of the application after {restarts} restarts: {Summary(0)} with Rewt on the multiplexer, {Summary(1)} without, {Summary(2)} without and with LinearRetry(250)");

        string Summary(int multiplexer)
        {
            var seconds = answers.Select(answer => answer[multiplexer]).ToList();
            return $"median {Numbers.Median(seconds):0.00} s and worst {seconds.Max():0.00} s";
        }
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
