namespace Rewt.Load;

/// <summary>What AddRewtSigning adds to one call to an open endpoint.</summary>
internal static class Latency
{
    private const int Batch = 500;

    public static async Task RunAsync(int rounds, TextWriter output)
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var open = await LoadHost.OpenAsync();
        var services = new ServiceCollection().AddLogging();
        services.AddRewt(options => (options.ServiceName, options.Redis) = ("orders", redis.Address));
        services.AddHttpClient("bare", client => client.BaseAddress = open.Address);
        services.AddHttpClient("signed", client => client.BaseAddress = open.Address).AddRewtSigning("inventory");
        await using var provider = services.BuildServiceProvider();
        var clients = provider.GetRequiredService<IHttpClientFactory>();
        using var bare = clients.CreateClient("bare");
        using var signed = clients.CreateClient("signed");
        for (var i = 0; i < 4; i++) await Task.WhenAll(MedianAsync(bare), MedianAsync(signed));

        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var (first, second) = round % 2 == 0 ? (bare, signed) : (signed, bare);
            var (one, two) = (await MedianAsync(first), await MedianAsync(second));
            var (plain, added) = round % 2 == 0 ? (one, two) : (two, one);
            ratios.Add(added / plain);
            output.WriteLine($"round {round + 1}: bare {plain * 1000:0} µs, signed {added * 1000:0} µs");
        }

        output.WriteLine($"p50 of a signed call to that of a bare one, median of {rounds}: {Numbers.Median(ratios):0.000} (promised at most 1.05)");
    }

    private static async Task<double> MedianAsync(HttpClient client)
    {
        var times = new double[Batch];
        for (var i = 0; i < Batch; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await Generator.CallAsync(client);
            times[i] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }

        return Numbers.Median(times);
    }
}
