namespace Rewt.Tests.Ring;

/// <summary>Those who meet an unknown key id and ask the store.</summary>
public sealed class KeyRingProviderPullTests
{
    [Fact]
    public async Task A_request_sees_the_state_at_its_time()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));

        (await bench.Provider.RefreshAsync(Cancellation)).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task Many_concurrent_requests_share_one_read()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1.5));
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        var first = bench.Provider.RefreshAsync(Cancellation);
        await ProviderBench.UntilAsync(() => bench.Store.Reads == reads + 1, "a read is under way");

        var many = Enumerable.Range(0, 1000).Select(_ => bench.Provider.RefreshAsync(Cancellation)).ToList();
        bench.Store.Release();
        await first;
        await Task.WhenAll(many);

        // One was under way and may have read before they asked; the other is theirs.
        bench.Store.Reads.ShouldBe(reads + 2);
    }

    [Fact]
    public async Task A_flood_of_unknown_key_ids_costs_two_reads_a_second()
    {
        await using var bench = new ProviderBench(options => options.RotationInterval = TimeSpan.FromHours(1));
        await bench.StartAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(2));
        var reads = bench.Store.Reads;
        var asked = new List<Task>();

        for (var step = 0; step < 100; step++)
        {
            for (var i = 0; i < 10; i++) asked.Add(bench.Provider.RefreshAsync(Cancellation));
            // All that is free to be read has been read.
            await ProviderBench.UntilAsync(
                () => asked.TrueForAll(task => task.IsCompleted) || bench.Time.UntilNext <= TimeSpan.FromSeconds(1), "the provider waits for its next read");
            bench.Advance(TimeSpan.FromMilliseconds(100));
        }

        // Ten seconds: two a second, and the two that are free at once.
        (bench.Store.Reads - reads).ShouldBeInRange(3, 22);
        await bench.TurnUntilAsync(() => asked.TrueForAll(task => task.IsCompleted));
    }

    [Fact]
    public async Task Too_many_different_unknown_keys_at_once_are_refused_and_many_requests_for_one_key_are_not()
    {
        var limit = new UnknownKeyLimit();
        for (var key = 0; key < UnknownKeyLimit.Maximum; key++) await limit.BeginAsync(("orders", $"key{key}"), Cancellation);

        (await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("orders", "one more"), Cancellation))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("inventory", "key0"), Cancellation));
        for (var request = 0; request < 1000; request++) await limit.BeginAsync(("orders", "key0"), Cancellation);

        limit.End(("orders", "key0"));
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("orders", "one more"), Cancellation));
        limit.End(("orders", "key1"));
        await limit.BeginAsync(("orders", "one more"), Cancellation);
    }

    [Fact]
    public async Task Requests_of_a_queue_all_continue_also_those_that_join_meanwhile()
    {
        var queue = new RequestQueue();
        var turns = Enumerable.Range(0, 100).Select(_ => queue.JoinAsync()).ToList();
        turns.ShouldAllBe(turn => !turn.IsCompleted);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var request = 0; request < 1000; request++)
                {
                    var turn = queue.JoinAsync();
                    queue.Continue();
                    await turn;
                }
            },
            Cancellation)));

        await Task.WhenAll(turns);
    }

    [Fact]
    public async Task A_key_id_that_cannot_be_one_and_a_dead_one_are_refused_without_a_read()
    {
        await using var bench = new ProviderBench();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(bench.Time);
        services.AddRewtInMemoryKeys().AddSingleton<IRingStoreFactory>(new OneStore(bench.Store));
        await using var provider = services.BuildServiceProvider();
        var ring = provider.GetRequiredService<IRewtKeyRing>();
        var resolver = provider.GetRequiredService<IIssuerSigningKeyResolver>();
        var current = (await ring.GetAsync(Cancellation)).Current!.KeyId;
        await ring.RevokeAsync(current, Cancellation);
        var reads = bench.Store.Reads;

        foreach (var keyId in (string[])[current, "", "short", new string('?', KeyId.Length), new string('a', KeyId.Length + 1)])
        {
            (await resolver.ResolveAsync(new RewtKeyRequest { Namespace = "rewt", KeyId = keyId }, Cancellation)).ShouldBeEmpty();
        }

        bench.Store.Reads.ShouldBe(reads);
        bench.Advance(TimeSpan.FromSeconds(1));
        reads = bench.Store.Reads;
        (await resolver.ResolveAsync(new RewtKeyRequest { Namespace = "rewt", KeyId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)) }, Cancellation)).ShouldBeEmpty();
        bench.Store.Reads.ShouldBe(reads + 1);
    }

    [Fact]
    public async Task The_4097th_waiting_request_is_refused_and_the_others_are_answered()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        var first = bench.Provider.RefreshAsync(Cancellation);
        await ProviderBench.UntilAsync(() => bench.Store.Reads == reads + 1, "a read is under way");

        var waiting = Enumerable.Range(0, 4096).Select(_ => bench.Provider.RefreshAsync(Cancellation)).ToList();
        var error = await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RefreshAsync(Cancellation));
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        error.Message.ShouldContain("Too many");

        bench.Store.Release();
        await first;
        bench.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Closing_a_provider_ends_a_read_under_way()
    {
        var bench = new ProviderBench();
        bench.Store.Hold();
        bench.Provider.Start();
        await ProviderBench.UntilAsync(() => bench.Store.Reads == 1, "a read is under way");

        await bench.Provider.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(bench.GetAsync);
        await bench.DisposeAsync();
    }
}
