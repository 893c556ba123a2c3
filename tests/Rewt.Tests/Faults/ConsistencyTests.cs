namespace Rewt.Tests.Faults;

public sealed class ConsistencyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_key_ring_version_of_an_instance_never_decreases()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var writer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var reader = await Instance.StartWarmAsync(proxy.ConnectionString);
        var versions = new List<long>();

        for (var round = 0; round < 20; round++)
        {
            proxy.DelayFromServer = TimeSpan.FromMilliseconds(round * 7 % 30);
            await writer.Ring.RotateAsync(Cancellation);
            versions.Add((await reader.Ring.GetAsync(Cancellation)).Version);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                versions.Add((await reader.Ring.GetAsync(Cancellation)).Version);
                return versions[^1] == (await writer.Ring.GetAsync(Cancellation)).Version;
            },
            "the reader has the current version");

        versions.ShouldBe(versions.Order());
        versions.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task All_instances_sign_with_the_key_of_the_new_primary_after_a_failover_loses_rotations()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var instances = await InstanceGroup.StartWarmAsync(3, proxy.ConnectionString);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await Replication.DetachAsync(primary, replica);
        var kept = await instances[0].CurrentAsync();
        for (var rotation = 0; rotation < 3; rotation++) await instances[0].Ring.RotateAsync(Cancellation);
        var lost = await instances[0].CurrentAsync();
        await WaitForCurrentKeyAsync(instances, lost);

        proxy.RedirectConnections(replica.Port);
        await WaitForCurrentKeyAsync(instances, kept);

        foreach (var instance in instances)
        {
            (await instance.Data.VerifyAsync(await instance.SignAsync(), Cancellation)).KeyId.ShouldBe(kept);
        }
    }

    [Fact]
    public async Task An_instance_restores_a_revocation_that_a_failover_lost()
    {
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(primary.Port);
        await using var witness = await Instance.StartWarmAsync(proxy.ConnectionString);
        await using var replica = await Replication.StartReplicaAsync(primary);
        await Replication.DetachAsync(primary, replica);
        var revoked = await witness.CurrentAsync();
        var token = await witness.SignAsync();
        await witness.Ring.RevokeAsync(revoked, Cancellation);

        proxy.RedirectConnections(replica.Port);
        (await witness.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        await Eventually.TrueAsync(
            async () => (await replica.CliAsync("ZRANGE", "{rewt:rewt-secret}:dead", "0", "-1")).Contains(revoked, StringComparison.Ordinal),
            "the revocation is on the new primary");

        await using var newcomer = await Instance.StartWarmAsync(proxy.ConnectionString);
        (await newcomer.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
        (await newcomer.CurrentAsync()).ShouldNotBe(revoked);
        (await witness.VerifyAsync(token)).ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    public async Task Ten_thousand_forged_push_messages_per_second_cause_at_most_two_reads_per_second()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(
            async () => (await redis.CliAsync("PUBSUB", "NUMSUB", "{rewt:rewt-secret}:look")).EndsWith("\n1", StringComparison.Ordinal),
            "the instance is subscribed");
        await redis.CommandAsync("CONFIG", "RESETSTAT");

        var started = TimeProvider.System.GetTimestamp();
        for (var second = 0; second < 3; second++)
        {
            await redis.CommandAsync("EVAL", "for i = 1, 10000 do redis.call('PUBLISH', KEYS[1], 'forged') end", 1, "{rewt:rewt-secret}:look");
            await Task.Delay(TimeSpan.FromMilliseconds(900), TimeProvider.System, Cancellation);
        }

        var reads = (await redis.CommandCountsAsync()).GetValueOrDefault("hgetall");
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"30,000 messages in {elapsed.TotalSeconds} s, {reads} reads");
        // At most two reads in any second, plus the poll.
        reads.ShouldBeInRange(1, (2 * (int)Math.Ceiling(elapsed.TotalSeconds)) + 2);
        (await instance.VerifyAsync(await instance.SignAsync())).ShouldBe(RewtRefusal.None);
    }

    private static Task WaitForCurrentKeyAsync(InstanceGroup instances, string keyId) => Eventually.TrueAsync(
        async () => (await instances.CurrentKeysAsync()).All(current => current == keyId),
        $"all instances have the current key {keyId}");
}
