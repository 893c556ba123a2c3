namespace Rewt.Load;

/// <summary>Sends calls as fast as they are answered, with a fixed number of concurrent calls.</summary>
internal static class Generator
{
    public const int Workers = 16;

    /// <summary>Returns the requests per second.</summary>
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

    /// <summary>Returns the latency and the end time of each call, from calls that continue until cancelled.</summary>
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
