namespace Rewt.Load;

/// <summary>Compares the p99 latency in the second of a rotation with the latency in a second without rotation, under full load.</summary>
internal static class Rotation
{
    public static async Task RunAsync(int rotations, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var callee = await LoadHost.RewtAsync(redis.Address);
        await using var caller = await LoadHost.RewtAsync(redis.Address, "orders", builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning("inventory"));
        var clients = caller.Services.GetRequiredService<IHttpClientFactory>();
        var ring = caller.Services.GetRequiredService<IRewtKeyRing>();

        using var stop = new CancellationTokenSource();
        var load = Generator.LatenciesAsync(() => clients.CreateClient("inventory"), stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(4));
        var seconds = new List<(long Quiet, long Rotating)>();
        for (var i = 0; i < rotations; i++)
        {
            var quiet = TimeProvider.System.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            var rotating = TimeProvider.System.GetTimestamp();
            await ring.RotateAsync();
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            seconds.Add((quiet, rotating));
        }

        await stop.CancelAsync();
        var calls = await load;
        var ratios = seconds.Select(second => P99(second.Rotating) / P99(second.Quiet)).ToList();
        output.WriteLine($"{calls.Count} calls, {rotations} rotations; p99 of a quiet second {Numbers.Median(seconds.Select(second => P99(second.Quiet))):0.00} ms");
        output.WriteLine($"p99 of a rotating second to that of a quiet one, median of {rotations}: {Numbers.Median(ratios):0.00} (target: at most 2)");

        double P99(long from)
        {
            var to = from + TimeProvider.System.TimestampFrequency;
            return Numbers.Quantile(calls.Where(call => call.EndedAt >= from && call.EndedAt < to).Select(call => call.Milliseconds), 0.99);
        }
    }
}
