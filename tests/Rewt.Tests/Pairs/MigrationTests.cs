namespace Rewt.Tests.Pairs;

/// <summary>Tests the migration steps of docs/key-pairs.md, from the shared secret to key pairs and from one algorithm to another.</summary>
public sealed class MigrationTests(ITestOutputHelper output)
{
    private static readonly Action<RewtOptions>[] Steps =
    [
        options => options.KeyMode = KeyMode.SharedSecret,
        options => (options.KeyMode, options.AlsoAccept) = (KeyMode.SharedSecret, KeyMode.KeyPair),
        options => (options.KeyMode, options.AlsoAccept) = (KeyMode.KeyPair, KeyMode.SharedSecret),
        options => options.KeyMode = KeyMode.KeyPair,
        options => (options.KeyMode, options.KeyPairs.Algorithm) = (KeyMode.KeyPair, "RS256"),
    ];

    [Fact]
    public async Task Instances_one_migration_step_apart_accept_the_tokens_of_each_other()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var senders = await InstanceGroup.StartSequentiallyAsync(redis.ConnectionString, Steps.Select(step => At("orders", step)));
        await using var receivers = await InstanceGroup.StartSequentiallyAsync(redis.ConnectionString, Steps.Select(step => At("inventory", step)));
        for (var sender = 0; sender < Steps.Length; sender++)
        {
            var token = await senders[sender].Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
            for (var receiver = 0; receiver < Steps.Length; receiver++)
            {
                var accepted = (await receivers[receiver].Tokens.VerifyBearerAsync(token, Cancellation)).IsValid;
                accepted.ShouldBe(receiver is 1 or 2 || sender >= 2 == receiver >= 2, $"step {sender} calls step {receiver}");
            }
        }
    }

    [Fact]
    public async Task Only_the_secret_signs_for_the_namespace_while_both_key_modes_are_accepted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var old = Instance.Start(redis.ConnectionString, At("orders", Steps[1]));
        await using var migrated = Instance.Start(redis.ConnectionString, At("inventory", Steps[2]));
        var namespaceToken = await old.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
        (await migrated.Tokens.VerifyBearerAsync(namespaceToken, Cancellation)).IsValid.ShouldBeTrue();
        var pair = PublishedPair.Generate();
        await pair.PublishAsync(redis, "billing");
        (await migrated.Tokens.VerifyBearerAsync(pair.Bearer("billing", "rewt"), Cancellation)).Refusal.ShouldBe(RewtRefusal.BadAudience);
        (await migrated.Tokens.VerifyBearerAsync(pair.Bearer("billing"), Cancellation)).IsValid.ShouldBeTrue();

        await migrated.Ring.RevokeAsync((await old.Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        await migrated.Ring.RevokeAsync(pair.KeyId, Cancellation);

        (await migrated.Tokens.VerifyBearerAsync(namespaceToken, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
        (await migrated.Tokens.VerifyBearerAsync(pair.Bearer("billing"), Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Migrating_a_running_fleet_to_key_pairs_and_another_algorithm_fails_no_call()
    {
        await using var redis = await RedisServer.StartAsync();
        var fleet = new ConcurrentDictionary<int, TestService>();
        for (var slot = 0; slot < 4; slot++) fleet[slot] = await HostAsync(redis, slot, Steps[0]);
        using var stop = new CancellationTokenSource();
        var (calls, failures) = (0, new ConcurrentQueue<string>());
        var traffic = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() => DriveAsync(worker), CancellationToken.None)));

        // Replaced services are disposed after the last call, because a call to a stopped server would fail.
        var replaced = new List<TestService>();
        foreach (var step in Steps.Skip(1))
        {
            for (var slot = 0; slot < 4; slot++)
            {
                replaced.Add(fleet[slot]);
                fleet[slot] = await HostAsync(redis, slot, step);
                var before = Volatile.Read(ref calls);
                await Eventually.TrueAsync(() => Volatile.Read(ref calls) > before + 40, "calls continue");
            }
        }

        await stop.CancelAsync();
        await traffic;
        foreach (var host in fleet.Values.Concat(replaced)) await host.DisposeAsync();
        output.WriteLine($"{calls} calls, {failures.Count} failed");
        failures.ShouldBeEmpty();

        async Task DriveAsync(int worker)
        {
            for (var call = worker; !stop.IsCancellationRequested; call++)
            {
                // Each orders service (slots 0 and 1) calls each inventory service (slots 2 and 3).
                using var client = fleet[call % 2].Client("inventory");
                using var response = await client.GetAsync(new Uri(fleet[2 + (call / 2 % 2)].Address, "/secure"), CancellationToken.None);
                if (!response.IsSuccessStatusCode) failures.Enqueue($"{response.StatusCode} {response.Headers.WwwAuthenticate}");
                Interlocked.Increment(ref calls);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static Task<TestService> HostAsync(RedisServer redis, int slot, Action<RewtOptions> step) => TestService.StartAsync(
        redis.ConnectionString,
        slot < 2 ? "orders" : "inventory",
        options =>
        {
            options.RefreshInterval = TimeSpan.FromMilliseconds(500);
            step(options);
        },
        builder => builder.Services.AddHttpClient("inventory").AddRewtSigning("inventory"));

    private static Action<RewtOptions> At(string service, Action<RewtOptions> step) => options =>
    {
        (options.ServiceName, options.RefreshInterval) = (service, TimeSpan.FromMilliseconds(500));
        step(options);
    };
}
