namespace Rewt.Load;

/// <summary>Calls as fast as answers come, with a fixed number of calls under way.</summary>
internal static class Generator
{
    public const int Workers = 16;

    /// <summary>Requests a second.</summary>
    public static async Task<double> ThroughputAsync(LoadHost host, TimeSpan duration)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = Workers };
        using var client = new HttpClient(handler) { BaseAddress = host.Address };
        if (host.Authorization is { } authorization) client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        await CallAsync(client);

        var calls = 0L;
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < duration)
            {
                await CallAsync(client);
                Interlocked.Increment(ref calls);
            }
        })));
        return calls / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The latency of each call with when it ended, from calls that go on until stopped.</summary>
    public static async Task<IReadOnlyList<(long EndedAt, double Milliseconds)>> LatenciesAsync(Func<HttpClient> client, CancellationToken stop)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            var own = new List<(long, double)>(100_000);
            using var http = client();
            while (!stop.IsCancellationRequested)
            {
                var began = TimeProvider.System.GetTimestamp();
                await CallAsync(http);
                own.Add((TimeProvider.System.GetTimestamp(), TimeProvider.System.GetElapsedTime(began).TotalMilliseconds));
            }

            return own;
        }, CancellationToken.None)));
        return [.. all.SelectMany(own => own)];
    }

    public static async Task CallAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/work", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }
}
