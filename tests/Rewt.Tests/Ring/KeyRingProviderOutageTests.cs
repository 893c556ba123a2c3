namespace Rewt.Tests.Ring;

/// <summary>The store away, behind, read-only; clocks that jump.</summary>
public sealed class KeyRingProviderOutageTests
{
    [Fact]
    public async Task In_an_outage_the_known_keys_stay_in_use_until_the_stale_budget_ends_and_recovery_is_automatic()
    {
        await using var bench = new ProviderBench(options => options.StaleBudget = TimeSpan.FromSeconds(30));
        var current = (await bench.StartAsync()).Current!.KeyId;
        bench.Store.IsAway = true;

        await bench.PassAsync(TimeSpan.FromSeconds(25));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(current);
        bench.Provider.Usable.ShouldNotBeNull();
        bench.Provider.Fresh.ShouldBeNull();

        await bench.PassAsync(TimeSpan.FromSeconds(6));
        var error = await Should.ThrowAsync<RewtKeysUnavailableException>(bench.GetAsync);
        error.InnerException.ShouldBeOfType<TimeoutException>();
        error.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        bench.Provider.Usable.ShouldBeNull();

        bench.Store.IsAway = false;
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(current);
    }

    [Fact]
    public async Task A_store_that_was_never_reachable_is_an_outage_until_it_is_reachable()
    {
        await using var bench = new ProviderBench();
        bench.Store.IsAway = true;
        bench.Provider.Start();
        await bench.SleepsAsync();

        var asked = bench.GetAsync();
        asked.IsCompleted.ShouldBeTrue("a store that is known to be away is not waited for");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => asked);
        bench.Store.IsAway = false;
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        (await bench.GetAsync()).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_first_read_may_take_ten_seconds()
    {
        await using var bench = new ProviderBench();
        bench.Store.Hold();
        var asked = bench.GetAsync();

        (await bench.TurnWhileWaitingAsync(asked)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => asked);
        bench.Store.Release();
        await ProviderBench.UntilAsync(() => bench.Provider.Fresh is not null, "the read has ended");
        (await bench.GetAsync()).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task In_an_outage_past_the_deadline_the_pending_key_signs()
    {
        await using var bench = new ProviderBench();
        var first = await bench.StartAsync();
        bench.Store.IsAway = true;

        await bench.PassAsync(TimeSpan.FromSeconds(57), TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).SigningKey(bench.Now)!.KeyId.ShouldBe(first.Current!.KeyId);
        await bench.PassAsync(TimeSpan.FromSeconds(2));

        (await bench.GetAsync()).SigningKey(bench.Now)!.KeyId.ShouldBe(first.Next!.KeyId);
    }

    [Fact]
    public async Task A_pending_key_that_was_not_out_long_enough_does_not_sign_in_an_outage()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var next = (await bench.ReadServerAsync()).Ring!.Next!.KeyId;
        // A key is born now, and the deadline is moved to just before it may sign.
        await bench.Provider.RevokeAsync(next, Cancellation);
        bench.Server.Expire(TimeSpan.FromSeconds(9));
        await bench.PassAsync(TimeSpan.FromSeconds(5));
        var known = await bench.GetAsync();
        bench.Store.IsAway = true;

        await bench.PassAsync(TimeSpan.FromSeconds(4));
        known.SigningKey(bench.Now)!.KeyId.ShouldBe(known.Current!.KeyId);
        await bench.PassAsync(TimeSpan.FromSeconds(2));
        known.SigningKey(bench.Now)!.KeyId.ShouldBe(known.Next!.KeyId);
    }

    [Fact]
    public async Task Requests_do_not_wait_for_a_store_that_is_known_to_be_away()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsAway = true;
        await bench.PassAsync(TimeSpan.FromSeconds(6));

        for (var i = 0; i < 100; i++) bench.GetAsync().IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unknown_key_waits_a_moment_for_a_store_that_is_away_and_no_longer()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsAway = true;
        await bench.PassAsync(TimeSpan.FromSeconds(6));

        var asked = bench.Provider.RefreshAsync(Cancellation);
        await bench.PassAsync(TimeSpan.FromSeconds(7), TimeSpan.FromMilliseconds(250));

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => asked);
    }

    [Fact]
    public async Task An_unknown_key_is_found_where_the_store_is_back_within_five_seconds()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsAway = true;
        await bench.PassAsync(TimeSpan.FromSeconds(6));

        var asked = bench.Provider.RefreshAsync(Cancellation);
        await bench.PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250));
        bench.Store.IsAway = false;
        await bench.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(250));

        (await asked).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_ring_that_can_be_read_is_used_where_nothing_can_be_written()
    {
        await using var bench = new ProviderBench();
        bench.Server.Set(Rings.Value("mine"), TimeSpan.FromMinutes(1));
        await using (var another = bench.Another()) await another.GetAsync(Cancellation);
        bench.Store.IsReadOnly = true;
        (await bench.StartAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));

        bench.Server.Delete();
        await bench.PassAsync(bench.Options.RefreshInterval);

        bench.Provider.Fresh!.Find(Rings.KeyId("mine"), bench.Now).ShouldBeNull();
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));
    }

    [Fact]
    public async Task A_ring_that_went_back_is_accepted_after_a_second_read_and_the_revocation_is_merged_back()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var copy = await bench.ReadServerAsync();
        var revoked = copy.Ring!.Current!.KeyId;
        var after = await bench.Provider.RevokeAsync(revoked, Cancellation);
        await bench.SleepsAsync();
        await Rings.RestoreAsync(bench.Server, copy);

        var reads = bench.Store.Reads;
        while (bench.Store.Reads == reads) await bench.PassAsync(TimeSpan.FromMilliseconds(100));
        // Seen once: the known ring stands, and nothing is written.
        (await bench.GetAsync()).Version.ShouldBe(after.Version);
        (await bench.ReadServerAsync()).Ring!.Version.ShouldBe(copy.Ring.Version);

        await bench.PassAsync(TimeSpan.FromMilliseconds(900));
        (await bench.ReadServerAsync()).Ring!.Version.ShouldBe(copy.Ring.Version);
        (await bench.GetAsync()).Find(revoked, bench.Now).ShouldBeNull();

        await bench.PassAsync(TimeSpan.FromMilliseconds(600));
        var server = await bench.ReadServerAsync();
        server.Revoked.Keys.ShouldContain(revoked);
        server.Ring!.KeyIds().ShouldNotContain(revoked);
        server.Slot.Value.ShouldNotBe(copy.Slot.Value);
        var healed = await bench.GetAsync();
        healed.Find(revoked, bench.Now).ShouldBeNull();
        healed.Current!.Secret.ShouldBe(server.Ring.Current);
    }

    [Fact]
    public async Task A_jump_of_the_wall_clock_costs_one_read_before_the_answer()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Server.Set(Rings.Value("mine"));
        var reads = bench.Store.Reads;
        bench.Time.AdjustWallClock(TimeSpan.FromMinutes(10));

        // A suspended machine: the monotonic clock stood still and no timer has fired.
        var snapshot = await bench.GetAsync();

        snapshot.Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
        // The second read checks the write that the first made necessary.
        (bench.Store.Reads - reads).ShouldBe(2);
        await bench.GetAsync();
        (bench.Store.Reads - reads).ShouldBe(2);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_neither_costs_reads_nor_makes_an_old_ring_young()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var reads = bench.Store.Reads;
        bench.Time.AdjustWallClock(TimeSpan.FromHours(-1));
        bench.GetAsync().IsCompletedSuccessfully.ShouldBeTrue();
        bench.Store.Reads.ShouldBe(reads);
        bench.Server.Set(Rings.Value("mine"));

        await bench.PassAsync(bench.Options.RefreshInterval);

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }
    [Fact]
    public async Task A_clock_of_the_store_that_jumps_forward_by_an_hour_costs_one_rotation()
    {
        await using var bench = new ProviderBench();
        var before = (await bench.StartAsync()).Current!.KeyId;

        bench.ServerTime.AdjustTime(bench.ServerTime.GetUtcNow() + TimeSpan.FromHours(1));
        await bench.PassAsync(bench.Options.RefreshInterval);

        var after = await bench.GetAsync();
        after.Current!.KeyId.ShouldNotBe(before);
        after.Find(before, bench.Now).ShouldNotBeNull("tokens that were signed before the jump are still valid");
        await bench.PassAsync(TimeSpan.FromSeconds(30));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(after.Current.KeyId);
    }

    [Fact]
    public async Task A_clock_of_the_store_that_is_set_back_by_an_hour_keeps_the_key()
    {
        await using var bench = new ProviderBench();
        var before = (await bench.StartAsync()).Current!.KeyId;

        bench.ServerTime.AdjustTime(bench.ServerTime.GetUtcNow() - TimeSpan.FromHours(1));
        await bench.PassAsync(TimeSpan.FromMinutes(2));

        var after = await bench.GetAsync();
        after.SigningKey(bench.Now)!.KeyId.ShouldBe(before);
        after.Problem.ShouldBeNull();
    }
}
