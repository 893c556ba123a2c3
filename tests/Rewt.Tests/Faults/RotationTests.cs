using Rewt.Tests.Ring;

namespace Rewt.Tests.Faults;

public sealed class RotationTests(ITestOutputHelper output)
{
    [Fact]
    public Task Rotations_under_load_fail_no_call_and_need_no_retry() => RotateUnderLoadAsync(callers: 2, callees: 2, rotations: 3);

    [Fact]
    [Trait("Category", "Long")]
    public Task Ten_rotations_under_the_load_of_eight_callers_fail_no_call_and_need_no_retry() => RotateUnderLoadAsync(callers: 8, callees: 4, rotations: 10);

    [Fact]
    public async Task Twelve_instances_create_one_new_secret_per_rotation()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instances = await InstanceGroup.StartWarmAsync(12, redis.ConnectionString, EveryThreeSeconds);
        await Eventually.TrueAsync(async () => (await instances.CurrentKeysAsync()).Count() == 1, "all instances have the first key");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var before = await VersionAsync(redis);
        var started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                // On a slow machine the secret can expire before the next one is written.
                if (await redis.GetAsync("rewt:rewt-secret") is { } secret)
                {
                    seen.Add(secret);
                }

                return seen.Count == 3;
            },
            "two rotations have happened");

        // Each rotation is one write, and removing a retired key may be another. On a slow machine some rotations are not observed,
        // so the limit is the number of rotations that fit into the elapsed time.
        var writes = await VersionAsync(redis) - before;
        var rotations = (int)(TimeProvider.System.GetElapsedTime(started) / TimeSpan.FromSeconds(2.7)) + 1;
        writes.ShouldBeInRange(2, 2 * Math.Max(2, rotations));
        await Eventually.TrueAsync(
            async () => (await instances.CurrentKeysAsync()).Count() == 1,
            "all instances have the same key");
    }

    [Fact]
    public async Task A_token_signed_before_a_rotation_stays_valid_until_it_expires()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString, Short);
        await using var verifier = await Instance.StartWarmAsync(redis.ConnectionString, Short);

        var started = TimeProvider.System.GetTimestamp();
        var token = await signer.SignAsync();
        await signer.Ring.RotateAsync(Cancellation);
        var refusal = RewtRefusal.None;
        await Eventually.TrueAsync(async () => (refusal = await verifier.VerifyAsync(token)) != RewtRefusal.None, "the token is refused");

        refusal.ShouldBe(RewtRefusal.Expired);
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.5));

        static void Short(RewtOptions options) =>
            (options.TokenLifetime, options.MaxTokenLifetime, options.ClockSkew) = (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3), TimeSpan.Zero);
    }

    [Fact]
    public async Task A_secret_that_expires_in_400_milliseconds_is_not_used_for_signing()
    {
        // The clock stands still, so the secret does not expire while the instance starts.
        await using var bench = new ProviderBench();
        bench.Server.Set(Rings.Value("expiring"), TimeSpan.FromMilliseconds(400));

        await bench.StartAsync();

        var snapshot = await bench.GetAsync();
        snapshot.Current!.KeyId.ShouldNotBe(Rings.KeyId("expiring"));
        snapshot.SigningKey(bench.Now)!.KeyId.ShouldNotBe(Rings.KeyId("expiring"));
        snapshot.Find(Rings.KeyId("expiring"), bench.Now).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_key_is_published_before_it_signs()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString, EveryThreeSeconds);
        await using var verifier = await Instance.StartWarmAsync(redis.ConnectionString, EveryThreeSeconds);
        var ring = await verifier.Ring.GetAsync(Cancellation);
        var pending = ring.Keys.Single(key => key.State == RewtKeyState.Pending).KeyId;

        string? signedBy = null;
        await Eventually.TrueAsync(
            async () => (signedBy = (await verifier.Data.VerifyAsync(await signer.SignAsync(), Cancellation)).KeyId) != ring.Current!.KeyId,
            "the next key signs");

        signedBy.ShouldBe(pending);
    }

    private async Task RotateUnderLoadAsync(int callers, int callees, int rotations)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, callers, callees, EveryThreeSeconds);
        var refusedBefore = fleet.Refused;
        var secrets = new HashSet<string>(StringComparer.Ordinal) { (await redis.GetAsync("rewt:rewt-secret"))! };

        var traffic = fleet.StartTraffic(callsPerSecond: 200);
        await Eventually.TrueAsync(
            async () =>
            {
                if (await redis.GetAsync("rewt:rewt-secret") is { } secret) secrets.Add(secret);
                return secrets.Count > rotations;
            },
            () => $"{rotations} rotations have happened",
            TimeSpan.FromMinutes(3));
        await traffic.StopAsync();

        output.WriteLine($"{traffic.Calls} calls, {secrets.Count - 1} rotations, {traffic.Failures.Count} failed, {fleet.Refused - refusedBefore} retried");
        traffic.Failures.ShouldBeEmpty();
        fleet.Refused.ShouldBe(refusedBefore);
        traffic.Calls.ShouldBeGreaterThan(rotations * 100);
    }

    private static void EveryThreeSeconds(RewtOptions options) =>
        (options.RotationInterval, options.RefreshInterval) = (TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(300));

    private static async Task<long> VersionAsync(RedisServer redis) =>
        long.Parse((await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version"))!, CultureInfo.InvariantCulture);
}
