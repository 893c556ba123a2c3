namespace Rewt.Tests.Ring;

/// <summary>Sixty-four instances in eight processes that all find nothing.</summary>
public sealed class RaceTests(RaceTests.Contestants contestants) : IClassFixture<RaceTests.Contestants>
{
    private const int ProcessCount = 8;
    private const int InstancesEach = 8;

    [Theory]
    [InlineData(4, true)]
    [InlineData(2, false)]
    public Task Instances_that_race_on_an_empty_namespace_end_with_one_secret(int rounds, bool share) => RaceAsync(rounds, share);

    [Fact]
    [Trait("Category", "Long")]
    public Task Fifty_races_on_an_empty_namespace_end_with_one_secret() => RaceAsync(50, share: true);

    private async Task RaceAsync(int rounds, bool share)
    {
        await using var redis = await RedisServer.StartAsync();
        for (var round = 0; round < rounds; round++) await RaceAsync(redis, contestants.Processes, round, share);
    }

    private static async Task RaceAsync(RedisServer redis, IEnumerable<InstanceProcess> processes, int round, bool share)
    {
        var fleet = string.Create(CultureInfo.InvariantCulture, $"fleet-{round}");
        var instances = processes
            .SelectMany(process => Enumerable.Range(0, InstancesEach).Select(index => (Process: process, Name: $"{fleet}-{index}")))
            .ToList();

        // A start does not wait for Redis: the race begins while the last ones still start.
        await Task.WhenAll(instances.Select(one => one.Process.StartInstanceAsync(one.Name, redis.ConnectionString, share, ("Rewt:Namespace", fleet))));
        var held = await Task.WhenAll(instances.Select(one => one.Process.CurrentAsync(one.Name)));

        var secret = (await redis.GetBytesAsync($"{fleet}:rewt-secret"))!;
        held.Distinct(StringComparer.Ordinal).ShouldBe([KeyId.Of(secret)]);
        var token = await instances[0].Process.SignAsync(instances[0].Name, "hello");
        var verified = await Task.WhenAll(instances.Select(one => one.Process.VerifyAsync(one.Name, token)));
        verified.ShouldNotContain(false);
        (await redis.PttlAsync($"{fleet}:rewt-secret")).ShouldBeInRange(86_300_000, 86_400_000);
        (await redis.CliAsync("HGET", $"{{{fleet}:rewt-secret}}:ring", "version")).ShouldBe("1");

        await Task.WhenAll(instances.Select(one => one.Process.StopInstanceAsync(one.Name)));
    }

    public sealed class Contestants : IAsyncDisposable
    {
        internal IReadOnlyList<InstanceProcess> Processes { get; } = [.. Enumerable.Range(0, ProcessCount).Select(_ => InstanceProcess.Start())];

        public async ValueTask DisposeAsync()
        {
            foreach (var process in Processes) await process.DisposeAsync();
        }
    }
}
