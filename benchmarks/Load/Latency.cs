namespace Rewt.Load;

/// <summary>
/// Measures the latency that AddRewtSigning adds to a call to an open endpoint. Calls of the two clients alternate, so that both run under the
/// same load.
/// </summary>
internal static class Latency
{
    public static async Task RunAsync(int rounds, int calls, TimeSpan warmUp, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var open = await LoadHost.OpenAsync();
        var services = new ServiceCollection().AddLogging();
        services.AddRewtKeys(options => (options.ServiceName, options.Redis) = ("orders", redis.Address));
        services.AddHttpClient("bare", client => client.BaseAddress = open.Address);
        services.AddHttpClient("signed", client => client.BaseAddress = open.Address).AddRewtSigning("inventory");
        await using var provider = services.BuildServiceProvider();
        var clients = provider.GetRequiredService<IHttpClientFactory>();
        using var bare = clients.CreateClient("bare");
        using var signed = clients.CreateClient("signed");

        // Warms up until all code is fully JIT-compiled, which takes time at a low call rate.
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < warmUp) await RoundAsync(bare, signed, calls);

        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var (plain, added) = await RoundAsync(bare, signed, calls);
            ratios.Add(added / plain);
            output.WriteLine($"round {round + 1}: bare {plain * 1000:0.0} µs, signed {added * 1000:0.0} µs");
        }

        output.WriteLine($"p50 of a signed call to that of a bare one, median of {rounds}: {Numbers.Median(ratios):0.000} (target: at most 1.08)");
    }

    private static async Task<(double Bare, double Signed)> RoundAsync(HttpClient bare, HttpClient signed, int calls)
    {
        var (plain, added) = (new double[calls], new double[calls]);
        for (var i = 0; i < calls; i++)
        {
            plain[i] = await TimeAsync(bare);
            added[i] = await TimeAsync(signed);
        }

        return (Numbers.Median(plain), Numbers.Median(added));
    }

    private static async Task<double> TimeAsync(HttpClient client)
    {
        var began = TimeProvider.System.GetTimestamp();
        await Generator.CallAsync(client);
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }
}
