namespace Rewt.Load;

/// <summary>Compares the requests per second of a protected endpoint with those of an open endpoint and of JwtBearer, in interleaved rounds.</summary>
internal static class Throughput
{
    public static async Task RunAsync(int rounds, TimeSpan duration, TextWriter output)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var open = await LoadHost.OpenAsync();
        await using var peer = await LoadHost.JwtBearerAsync();
        await using var rewt = await LoadHost.RewtAsync(redis.Address);
        await using var nothing = await LoadHost.NothingAsync(rewt.Authorization);
        foreach (var host in new[] { open, nothing, peer, rewt }) await Generator.ThroughputAsync(host, duration);

        var toOpen = new List<double>();
        var toPeer = new List<double>();
        var floor = new List<double>();
        var toFloor = new List<double>();
        var commands = 0L;
        var calls = 0d;
        for (var round = 0; round < rounds; round++)
        {
            var openRate = await Generator.ThroughputAsync(open, duration);
            var before = await redis.CommandsAsync();
            var rewtRate = await Generator.ThroughputAsync(rewt, duration);
            commands += await redis.CommandsAsync() - before;
            calls += rewtRate * duration.TotalSeconds;
            var peerRate = await Generator.ThroughputAsync(peer, duration);
            toOpen.Add(rewtRate / openRate);
            toPeer.Add(rewtRate / peerRate);
            var nothingRate = await Generator.ThroughputAsync(nothing, duration);
            floor.Add(nothingRate / openRate);
            toFloor.Add(rewtRate / nothingRate);
            output.WriteLine($"round {round + 1}: open {openRate:0}/s, Rewt {rewtRate:0}/s, JwtBearer {peerRate:0}/s");
        }

        output.WriteLine($"Rewt to no authentication, median of {rounds}: {Numbers.Median(toOpen):0.000} (target: at least 0.92)");
        output.WriteLine($"a scheme that does nothing to no authentication, median of {rounds}: {Numbers.Median(floor):0.000} (the limit for any scheme)");
        output.WriteLine($"Rewt to a scheme that does nothing, median of {rounds}: {Numbers.Median(toFloor):0.000}");
        output.WriteLine($"Rewt to JwtBearer with a static key, median of {rounds}: {Numbers.Median(toPeer):0.000} (target: more than 1)");
        output.WriteLine($"Redis commands during {calls:0} calls: {commands}, including those for polling and for this count");
    }
}
