namespace Rewt.Tests.Ring;

/// <summary>Tests the concurrent start of sixty-four instances in eight processes on an empty namespace.</summary>
public sealed class RaceTests(RaceTests.InstanceProcesses fixture) : IClassFixture<RaceTests.InstanceProcesses>
{
    private const int ProcessCount = 8;
    private const int InstancesEach = 8;

    [Theory]
    [InlineData(4, true)]
    [InlineData(2, false)]
    public Task Instances_that_start_concurrently_in_an_empty_namespace_agree_on_one_secret(int rounds, bool isShared) => RaceAsync(rounds, isShared);

    [Fact]
    [Trait("Category", "Long")]
    public Task Fifty_concurrent_starts_in_an_empty_namespace_each_end_with_one_secret() => RaceAsync(50, isShared: true);

    private async Task RaceAsync(int rounds, bool isShared)
    {
        await using var redis = await RedisServer.StartAsync();
        for (var round = 0; round < rounds; round++) await RaceAsync(redis, fixture.Processes, round, isShared);
    }

    private static async Task RaceAsync(RedisServer redis, IEnumerable<InstanceProcess> processes, int round, bool isShared)
    {
        var fleet = string.Create(CultureInfo.InvariantCulture, $"fleet-{(isShared ? "shared" : "own")}-{round}");
        var instances = processes
            .SelectMany(process => Enumerable.Range(0, InstancesEach).Select(index => (Process: process, Name: $"{fleet}-{index}")))
            .ToList();

        // A start does not wait for Redis, so the first instances create keys while the last ones are still starting.
        await Task.WhenAll(instances.Select(instance => instance.Process.StartInstanceAsync(instance.Name, redis.ConnectionString, isShared, ("Rewt:Namespace", fleet))));
        var keyIds = await Task.WhenAll(instances.Select(instance => CurrentAsync(instance.Process, instance.Name)));

        var secret = (await redis.GetBytesAsync($"{fleet}:rewt-secret"))!;
        keyIds.Distinct(StringComparer.Ordinal).ShouldBe([KeyId.Of(secret).ToString()]);
        var token = await instances[0].Process.SignAsync(instances[0].Name, "hello");
        var verified = await Task.WhenAll(instances.Select(instance => instance.Process.VerifyAsync(instance.Name, token)));
        verified.ShouldNotContain(false);
        (await redis.PttlAsync($"{fleet}:rewt-secret")).ShouldBeInRange(86_300_000, 86_400_000);
        (await redis.CliAsync("HGET", $"{{{fleet}:rewt-secret}}:ring", "version")).ShouldBe("1");

        await Task.WhenAll(instances.Select(instance => instance.Process.StopInstanceAsync(instance.Name)));
    }

    /// <summary>Returns the current key. On a busy machine, 64 cold starts can take longer than a request waits, so a request may have to be repeated.</summary>
    private static async Task<string> CurrentAsync(InstanceProcess process, string name)
    {
        string? keyId = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    keyId = await process.CurrentAsync(name);
                    return true;
                }
                catch (InvalidOperationException exception) when (exception.Message.StartsWith(nameof(RewtKeysUnavailableException), StringComparison.Ordinal))
                {
                    return false;
                }
            },
            $"{name} has keys");
        return keyId!;
    }

    public sealed class InstanceProcesses : IAsyncDisposable
    {
        internal IReadOnlyList<InstanceProcess> Processes { get; } = [.. Enumerable.Range(0, ProcessCount).Select(_ => InstanceProcess.Start())];

        public async ValueTask DisposeAsync()
        {
            foreach (var process in Processes) await process.DisposeAsync();
        }
    }
}
