using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>
/// Measures how long after the restart of a server the application's own command is answered on the application's own multiplexer: on one that Rewt uses
/// too, on one without Rewt, and on one without Rewt that reconnects in short intervals, through the same outages. The first two have the client library's
/// default settings.
/// </summary>
internal static class Reconnect
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static async Task RunAsync(int restarts, TimeSpan outage, TextWriter output)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var shared = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        await using var alone = await ConnectionMultiplexer.ConnectAsync(redis.Address + ",abortConnect=false");
        var often = ConfigurationOptions.Parse(redis.Address + ",abortConnect=false");
        often.ReconnectRetryPolicy = new LinearRetry(250);
        await using var quick = await ConnectionMultiplexer.ConnectAsync(often);
        await using var service = await LoadHost.RewtAsync(null, configure: builder => builder.Services.AddSingleton<IConnectionMultiplexer>(shared));
        var answers = new List<double[]>();
        for (var restart = 0; restart < restarts; restart++)
        {
            redis.Kill();
            await Task.Delay(outage);
            await redis.RestartAsync();
            answers.Add(await Task.WhenAll(SecondsToAnswerAsync(shared), SecondsToAnswerAsync(alone), SecondsToAnswerAsync(quick)));
        }

        output.WriteLine($"a command of the application after {restarts} restarts: {Of(0)} with Rewt on the multiplexer, {Of(1)} without, {Of(2)} without and with LinearRetry(250)");

        string Of(int multiplexer)
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
