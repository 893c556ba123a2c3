namespace Rewt.Tests.Ring;

/// <summary>Tests refreshes that are requested because of an unknown key id.</summary>
public sealed class KeyRingProviderPullTests
{
    [Fact]
    public async Task A_refresh_returns_the_state_of_the_store_at_the_time_of_the_request()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));

        (await bench.Provider.RefreshAsync(Cancellation)).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task Concurrent_refresh_requests_share_one_read()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1.5));
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        var first = bench.Provider.RefreshAsync(Cancellation);
        await ProviderBench.UntilAsync(() => bench.Store.Reads == reads + 1, "a read is in progress");

        var many = Enumerable.Range(0, 1000).Select(_ => bench.Provider.RefreshAsync(Cancellation)).ToList();
        bench.Store.Release();
        await first;
        await Task.WhenAll(many);

        // The read in progress may have begun before the requests; a second read serves all of them.
        bench.Store.Reads.ShouldBe(reads + 2);
    }

    [Fact]
    public async Task A_flood_of_unknown_key_ids_causes_at_most_two_reads_per_second()
    {
        await using var bench = new ProviderBench(options => options.RotationInterval = TimeSpan.FromHours(1));
        await bench.StartAsync();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(2));
        var reads = bench.Store.Reads;
        var requests = new List<Task>();

        for (var step = 0; step < 100; step++)
        {
            for (var i = 0; i < 10; i++) requests.Add(bench.Provider.RefreshAsync(Cancellation));
            await bench.WaitUntilIdleAsync();
            bench.Advance(TimeSpan.FromMilliseconds(100));
        }

        // Two reads per second for ten seconds, and the two that are allowed at once.
        (bench.Store.Reads - reads).ShouldBeInRange(3, 22);
        await bench.AdvanceUntilAsync(() => requests.TrueForAll(task => task.IsCompleted));
    }

    [Fact]
    public async Task The_limit_of_concurrent_unknown_keys_counts_different_keys_and_not_requests()
    {
        var limit = new UnknownKeyLimit();
        for (var key = 0; key < UnknownKeyLimit.Maximum; key++) await limit.BeginAsync(("orders", KeyId.Parse($"key{key}")), Cancellation);

        (await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("orders", KeyId.Parse("one more")), Cancellation))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("inventory", KeyId.Parse("key0")), Cancellation));
        for (var request = 0; request < 1000; request++) await limit.BeginAsync(("orders", KeyId.Parse("key0")), Cancellation);

        limit.End(("orders", KeyId.Parse("key0")));
        await Should.ThrowAsync<RewtKeysUnavailableException>(async () => await limit.BeginAsync(("orders", KeyId.Parse("one more")), Cancellation));
        limit.End(("orders", KeyId.Parse("key1")));
        await limit.BeginAsync(("orders", KeyId.Parse("one more")), Cancellation);
    }

    [Fact]
    public async Task All_queued_requests_continue_including_those_that_join_concurrently()
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
    public async Task Malformed_and_revoked_key_ids_are_refused_without_a_read()
    {
        await using var bench = new ProviderBench();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(bench.Time);
        services.AddRewtInMemoryKeys().AddSingleton<IRingStoreFactory>(new SingleRingStoreFactory(bench.Store));
        await using var provider = services.BuildServiceProvider();
        var ring = provider.GetRequiredService<IRewtKeyRing>();
        var resolver = provider.GetRequiredService<IIssuerSigningKeyResolver>();
        var current = (await ring.GetAsync(Cancellation)).Current!.KeyId;
        await bench.WaitUntilIdleAsync();
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
        await ProviderBench.UntilAsync(() => bench.Store.Reads == reads + 1, "a read is in progress");

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
    public async Task Disposing_a_provider_cancels_a_read_in_progress()
    {
        var bench = new ProviderBench();
        bench.Store.Hold();
        bench.Provider.Start();
        await ProviderBench.UntilAsync(() => bench.Store.Reads == 1, "a read is in progress");

        await bench.Provider.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(bench.GetAsync);
        await bench.DisposeAsync();
    }
}
