namespace Rewt.Tests.Faults;

[Collection(Timed.Name)]
public sealed class PushTests(ITestOutputHelper output)
{
    [Fact]
    public Task A_revocation_reaches_every_instance_by_push() => PushAsync(instanceCount: 4, revocations: 5);

    [Fact]
    [Trait("Category", "Long")]
    public Task Thirty_revocations_reach_ten_instances_by_push() => PushAsync(instanceCount: 10, revocations: 30);

    private async Task PushAsync(int instanceCount, int revocations)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        // The default interval: what is seen sooner was pushed.
        var instances = await Task.WhenAll(Enumerable.Range(0, instanceCount).Select(_ =>
            Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromSeconds(5))));
        try
        {
            await Eventually.TrueAsync(async () => await SubscribersAsync() == instanceCount, TimeSpan.FromSeconds(5), "all are subscribed");
            var latencies = new List<double>();
            for (var round = 0; round < revocations; round++)
            {
                // Within its two reads a second a quiet instance reads at once.
                await Task.Delay(TimeSpan.FromMilliseconds(1000), TimeProvider.System, TestContext.Current.CancellationToken);
                var keyId = await instances[0].CurrentAsync();
                var revoked = instances[0].Ring.RevokeAsync(keyId, TestContext.Current.CancellationToken);
                var started = TimeProvider.System.GetTimestamp();
                latencies.AddRange(await Task.WhenAll(instances[1..].Select(instance => UntilDeadAsync(instance, keyId, started))));
                await revoked;
            }

            latencies.Sort();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{latencies.Count} deliveries: median {latencies[latencies.Count / 2]:F1} ms, worst {latencies[^1]:F1} ms"));
            latencies[latencies.Count / 2].ShouldBeLessThan(20);
            latencies[^1].ShouldBeLessThan(250);
        }
        finally
        {
            foreach (var instance in instances) await instance.DisposeAsync();
        }

        async Task<int> SubscribersAsync() =>
            int.Parse((await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).Split('\n')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Until the instance itself would refuse the key; looks at what it holds and makes it read nothing.</summary>
    private static async Task<double> UntilDeadAsync(Instance instance, string keyId, long started)
    {
        while (instance.Keeper.Fresh?.Dead.ContainsKey(keyId) != true)
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(8)) Assert.Fail("The revocation never came.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }
}
