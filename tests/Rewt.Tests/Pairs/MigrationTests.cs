namespace Rewt.Tests.Pairs;

/// <summary>The steps of docs/key-pairs.md, from one secret for all to key pairs and from one algorithm to another.</summary>
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
    public async Task Instances_one_step_apart_accept_each_other_and_those_without_the_setting_do_not()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var senders = await InstanceGroup.StartInTurnAsync(redis.ConnectionString, Steps.Select(step => At("orders", step)));
        await using var receivers = await InstanceGroup.StartInTurnAsync(redis.ConnectionString, Steps.Select(step => At("inventory", step)));
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
    public async Task While_both_kinds_are_accepted_a_token_for_the_whole_namespace_is_good_only_with_the_secret_and_each_kind_can_be_revoked()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var old = Instance.Start(redis.ConnectionString, At("orders", Steps[1]));
        await using var moved = Instance.Start(redis.ConnectionString, At("inventory", Steps[2]));
        var forAll = await old.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
        (await moved.Tokens.VerifyBearerAsync(forAll, Cancellation)).IsValid.ShouldBeTrue();
        var pair = PublishedPair.Generate();
        await pair.PublishAsync(redis, "billing");
        (await moved.Tokens.VerifyBearerAsync(pair.Bearer("billing", "rewt"), Cancellation)).Refusal.ShouldBe(RewtRefusal.BadAudience);
        (await moved.Tokens.VerifyBearerAsync(pair.Bearer("billing"), Cancellation)).IsValid.ShouldBeTrue();

        await moved.Ring.RevokeAsync((await old.Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        await moved.Ring.RevokeAsync(pair.KeyId, Cancellation);

        (await moved.Tokens.VerifyBearerAsync(forAll, Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
        (await moved.Tokens.VerifyBearerAsync(pair.Bearer("billing"), Cancellation)).Refusal.ShouldBe(RewtRefusal.StaleKey);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_live_fleet_moves_from_the_secret_to_key_pairs_and_on_to_another_algorithm_without_a_failed_call()
    {
        await using var redis = await RedisServer.StartAsync();
        var fleet = new ConcurrentDictionary<int, TestService>();
        for (var place = 0; place < 4; place++) fleet[place] = await HostAsync(redis, place, Steps[0]);
        using var stop = new CancellationTokenSource();
        var (calls, failures) = (0, new ConcurrentQueue<string>());
        var traffic = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() => DriveAsync(worker), CancellationToken.None)));

        // They end when there are no calls any more: ending a server under a call is not what is tried here.
        var replaced = new List<TestService>();
        foreach (var step in Steps.Skip(1))
        {
            for (var place = 0; place < 4; place++)
            {
                replaced.Add(fleet[place]);
                fleet[place] = await HostAsync(redis, place, step);
                var before = Volatile.Read(ref calls);
                await Eventually.TrueAsync(() => Volatile.Read(ref calls) > before + 40, "calls go on");
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
                // Orders in the places 0 and 1, inventory in 2 and 3: each calls each.
                using var client = fleet[call % 2].Client("inventory");
                using var response = await client.GetAsync(new Uri(fleet[2 + (call / 2 % 2)].Address, "/secure"), CancellationToken.None);
                if (!response.IsSuccessStatusCode) failures.Enqueue($"{response.StatusCode} {response.Headers.WwwAuthenticate}");
                Interlocked.Increment(ref calls);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static Task<TestService> HostAsync(RedisServer redis, int place, Action<RewtOptions> step) => TestService.StartAsync(
        redis.ConnectionString,
        place < 2 ? "orders" : "inventory",
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
