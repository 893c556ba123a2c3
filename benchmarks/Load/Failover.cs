using StackExchange.Redis;

namespace Rewt.Load;

/// <summary>
/// Counts which records of used one-time tokens a failover loses: each is written as a receiver writes it, the primary is killed after a delay, and the
/// replica becomes the primary. With <c>WAIT</c>, a use counts as accepted only if the replica has acknowledged it.
/// </summary>
internal static class Failover
{
    private static readonly int[] Delays = [0, 1, 5, 20, 100];

    public static async Task RunAsync(int rounds, TextWriter output)
    {
        foreach (var waits in new[] { false, true })
        {
            foreach (var delay in Delays)
            {
                var lost = 0;
                for (var round = 0; round < rounds; round++) lost += await IsLostAsync(TimeSpan.FromMilliseconds(delay), waits) ? 1 : 0;
                output.WriteLine($"primary killed {delay} ms after it confirmed the use of a token{(waits ? ", with WAIT 1" : "")}: {lost} of {rounds} uses are unknown to the promoted replica");
            }

            var streams = new List<(int Confirmed, int Lost, double OldestMilliseconds)>();
            for (var round = 0; round < rounds; round++) streams.Add(await KillUnderLoadAsync(waits));
            output.WriteLine(
                $"primary killed under 32 writers{(waits ? ", with WAIT 1" : "")}: {streams.Sum(stream => stream.Lost)} of {streams.Sum(stream => stream.Confirmed):N0} confirmed uses are unknown, at most {streams.Max(stream => stream.Lost)} in one failover; the oldest was confirmed {streams.Max(stream => stream.OldestMilliseconds):F1} ms before the kill");
        }
    }

    private static async Task<bool> IsLostAsync(TimeSpan delay, bool waits)
    {
        await using var servers = await Pair.StartAsync();
        using var client = await ConnectionMultiplexer.ConnectAsync(servers.Primary.Address);
        if (!await UseAsync(client.GetDatabase(), 1, waits)) throw new InvalidOperationException("The replica does not acknowledge a use.");

        // Not Task.Delay, whose resolution is longer than the shortest delay.
        var confirmed = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(confirmed) < delay) Thread.SpinWait(20);
        await servers.FailOverAsync();
        return !await servers.IsKnownAsync(1);
    }

    private static async Task<(int Confirmed, int Lost, double OldestMilliseconds)> KillUnderLoadAsync(bool waits)
    {
        await using var servers = await Pair.StartAsync();
        var confirmed = new List<(int Token, long At)>();
        var next = 0;
        // WAIT blocks its connection, so each writer has its own.
        var writers = Enumerable.Range(0, 32).Select(async _ =>
        {
            using var client = await ConnectionMultiplexer.ConnectAsync(servers.Primary.Address);
            try
            {
                while (true)
                {
                    var token = Interlocked.Increment(ref next);
                    if (!await UseAsync(client.GetDatabase(), token, waits)) continue;
                    lock (confirmed) confirmed.Add((token, TimeProvider.System.GetTimestamp()));
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // The primary was killed.
            }
        }).ToList();
        await Task.Delay(500);

        var killed = TimeProvider.System.GetTimestamp();
        await servers.FailOverAsync();
        await Task.WhenAll(writers);
        var lost = new List<long>();
        foreach (var (token, at) in confirmed)
        {
            if (!await servers.IsKnownAsync(token)) lost.Add(at);
        }

        return (confirmed.Count, lost.Count, lost.Count == 0 ? 0 : Math.Max(0, TimeProvider.System.GetElapsedTime(lost.Min(), killed).TotalMilliseconds));
    }

    private static RedisKey KeyOf(int token) => "{rewt:rewt-secret}:used:inventory:" + token;

    private static async Task<bool> UseAsync(IDatabase database, int token, bool waits)
    {
        await database.ExecuteAsync("SET", KeyOf(token), "1", "PX", "120000", "NX");
        return !waits || (int)await database.ExecuteAsync("WAIT", "1", "5000") >= 1;
    }

    /// <summary>A primary with a synchronized replica.</summary>
    private sealed class Pair(RedisProcess primary, RedisProcess replica) : IAsyncDisposable
    {
        private ConnectionMultiplexer? _promoted;

        public RedisProcess Primary => primary;

        public static async Task<Pair> StartAsync()
        {
            var servers = await Task.WhenAll(RedisProcess.StartAsync(), RedisProcess.StartAsync());
            await servers[1].FollowAsync(servers[0]);
            using var client = await ConnectionMultiplexer.ConnectAsync(servers[0].Address);
            // A primary sends a new replica nothing before its first acknowledgement, although the replica is already synchronized.
            if (!await UseAsync(client.GetDatabase(), 0, waits: true)) throw new InvalidOperationException("The replica does not acknowledge a use.");
            return new(servers[0], servers[1]);
        }

        public async Task FailOverAsync()
        {
            primary.Kill();
            await replica.FollowAsync(null);
            _promoted = await ConnectionMultiplexer.ConnectAsync(replica.Address);
        }

        public Task<bool> IsKnownAsync(int token) => _promoted!.GetDatabase().KeyExistsAsync(KeyOf(token));

        public async ValueTask DisposeAsync()
        {
            if (_promoted is not null) await _promoted.DisposeAsync();
            await primary.DisposeAsync();
            await replica.DisposeAsync();
        }
    }
}
