namespace Rewt.Tests.Ring;

/// <summary>Tests a provider whose store is unavailable, regressed or read-only, and whose clocks are adjusted.</summary>
public sealed class KeyRingProviderOutageTests
{
    [Fact]
    public async Task Known_keys_stay_in_use_during_an_outage_until_the_stale_budget_ends()
    {
        await using var bench = new ProviderBench(options => options.StaleBudget = TimeSpan.FromSeconds(30));
        var current = (await bench.StartAsync()).Current!.KeyId;
        bench.Store.IsUnavailable = true;

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(25));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(current);
        bench.Provider.Usable.ShouldNotBeNull();
        bench.Provider.Fresh.ShouldBeNull();

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));
        var error = await Should.ThrowAsync<RewtKeysUnavailableException>(bench.GetAsync);
        error.InnerException.ShouldBeOfType<TimeoutException>();
        error.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        bench.Provider.Usable.ShouldBeNull();

        bench.Store.IsUnavailable = false;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(current);
    }

    [Fact]
    public async Task Requests_fail_at_once_until_a_store_that_was_never_reachable_responds()
    {
        await using var bench = new ProviderBench();
        bench.Store.IsUnavailable = true;
        bench.Provider.Start();
        await bench.WaitUntilIdleAsync();

        var request = bench.GetAsync();
        request.IsCompleted.ShouldBeTrue("a request does not wait for a store that is known to be unavailable");
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => request);
        bench.Store.IsUnavailable = false;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1));

        (await bench.GetAsync()).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_first_request_waits_ten_seconds_for_the_store_before_it_fails()
    {
        await using var bench = new ProviderBench();
        bench.Store.Hold();
        var request = bench.GetAsync();

        (await bench.AdvanceWhileWaitingAsync(request)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => request);
        bench.Store.Release();
        await ProviderBench.UntilAsync(() => bench.Provider.Fresh is not null, "the read has ended");
        (await bench.GetAsync()).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_pending_key_signs_after_the_deadline_during_an_outage()
    {
        await using var bench = new ProviderBench();
        var first = await bench.StartAsync();
        bench.Store.IsUnavailable = true;

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(57), TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).SigningKey(bench.Now)!.KeyId.ShouldBe(first.Current!.KeyId);
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(2));

        (await bench.GetAsync()).SigningKey(bench.Now)!.KeyId.ShouldBe(first.Next!.KeyId);
    }

    [Fact]
    public async Task A_pending_key_published_too_recently_does_not_sign_during_an_outage()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var next = (await bench.ReadServerAsync()).Ring!.Next!.KeyId;
        // A pending key is published now, and the deadline is moved to just before that key may sign.
        await bench.Provider.RevokeAsync(next, Cancellation);
        bench.Server.Expire(TimeSpan.FromSeconds(9));
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(5));
        var known = await bench.GetAsync();
        bench.Store.IsUnavailable = true;

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(4));
        known.SigningKey(bench.Now)!.KeyId.ShouldBe(known.Current!.KeyId);
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(2));
        known.SigningKey(bench.Now)!.KeyId.ShouldBe(known.Next!.KeyId);
    }

    [Fact]
    public async Task Requests_do_not_wait_for_a_store_known_to_be_unavailable()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsUnavailable = true;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));

        for (var i = 0; i < 100; i++) bench.GetAsync().IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_request_with_an_unknown_key_fails_after_a_short_wait_for_an_unavailable_store()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsUnavailable = true;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));

        var request = bench.Provider.RefreshAsync(Cancellation);
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(7), TimeSpan.FromMilliseconds(250));

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => request);
    }

    [Fact]
    public async Task A_request_with_an_unknown_key_succeeds_if_the_store_returns_within_five_seconds()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.IsUnavailable = true;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));

        var request = bench.Provider.RefreshAsync(Cancellation);
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250));
        bench.Store.IsUnavailable = false;
        while (!request.IsCompleted) await bench.AdvanceInStepsAsync(TimeSpan.FromMilliseconds(250));

        (await request).Current.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_key_ring_is_usable_while_the_store_is_read_only()
    {
        await using var bench = new ProviderBench();
        bench.Server.Set(Rings.Value("mine"), TimeSpan.FromMinutes(1));
        await using (var another = bench.CreateProvider()) await another.GetAsync(Cancellation);
        bench.Store.IsReadOnly = true;
        (await bench.StartAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));

        bench.Server.Delete();
        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        bench.Provider.Fresh!.Find(Rings.KeyId("mine"), bench.Now).ShouldBeNull();
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));
    }

    [Fact]
    public async Task A_ring_that_regresses_is_accepted_after_a_second_read_with_its_revocations_restored()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var copy = await bench.ReadServerAsync();
        var revoked = copy.Ring!.Current!.KeyId;
        var after = await bench.Provider.RevokeAsync(revoked, Cancellation);
        await bench.WaitUntilIdleAsync();
        await Rings.RestoreAsync(bench.Server, copy);

        var reads = bench.Store.Reads;
        while (bench.Store.Reads == reads) await bench.AdvanceInStepsAsync(TimeSpan.FromMilliseconds(100));
        // After the first read of the regressed ring, the known ring stays in use and nothing is written.
        (await bench.GetAsync()).Version.ShouldBe(after.Version);
        (await bench.ReadServerAsync()).Ring!.Version.ShouldBe(copy.Ring.Version);

        await bench.AdvanceInStepsAsync(TimeSpan.FromMilliseconds(900));
        (await bench.ReadServerAsync()).Ring!.Version.ShouldBe(copy.Ring.Version);
        (await bench.GetAsync()).Find(revoked, bench.Now).ShouldBeNull();

        await bench.AdvanceInStepsAsync(TimeSpan.FromMilliseconds(600));
        var server = await bench.ReadServerAsync();
        server.Revoked.Keys.ShouldContain(revoked);
        server.Ring!.KeyIds().ShouldNotContain(revoked);
        server.Slot.Value.ShouldNotBe(copy.Slot.Value);
        var restored = await bench.GetAsync();
        restored.Find(revoked, bench.Now).ShouldBeNull();
        restored.Current!.Secret.ShouldBe(server.Ring.Current);
    }

    [Fact]
    public async Task A_forward_jump_of_the_wall_clock_causes_one_refresh_before_the_next_answer()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1));
        bench.Server.Set(Rings.Value("mine"));
        var reads = bench.Store.Reads;
        bench.Time.AdjustWallClock(TimeSpan.FromMinutes(10));

        // As after a suspension of the machine, the monotonic clock has not advanced and no timer has fired.
        var snapshot = await bench.GetAsync();

        snapshot.Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
        // The second read verifies the write that follows the first one.
        (bench.Store.Reads - reads).ShouldBe(2);
        await bench.GetAsync();
        (bench.Store.Reads - reads).ShouldBe(2);
    }

    [Fact]
    public async Task Setting_the_wall_clock_back_causes_no_reads_and_delays_no_refresh()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var reads = bench.Store.Reads;
        bench.Time.AdjustWallClock(TimeSpan.FromHours(-1));
        bench.GetAsync().IsCompletedSuccessfully.ShouldBeTrue();
        bench.Store.Reads.ShouldBe(reads);
        bench.Server.Set(Rings.Value("mine"));

        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_store_clock_that_jumps_forward_by_an_hour_causes_one_rotation()
    {
        await using var bench = new ProviderBench();
        var before = (await bench.StartAsync()).Current!.KeyId;

        bench.ServerTime.AdjustTime(bench.ServerTime.GetUtcNow() + TimeSpan.FromHours(1));
        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        var after = await bench.GetAsync();
        after.Current!.KeyId.ShouldNotBe(before);
        after.Find(before, bench.Now).ShouldNotBeNull("tokens that were signed before the jump are still valid");
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(30));
        (await bench.GetAsync()).Current!.KeyId.ShouldBe(after.Current.KeyId);
    }

    [Fact]
    public async Task Setting_the_store_clock_back_by_an_hour_keeps_the_current_key_for_one_more_interval()
    {
        await using var bench = new ProviderBench();
        var before = (await bench.StartAsync()).Current!.KeyId;

        bench.ServerTime.AdjustTime(bench.ServerTime.GetUtcNow() - TimeSpan.FromHours(1));
        await bench.AdvanceInStepsAsync(bench.Options.RotationInterval / 2);

        var after = await bench.GetAsync();
        after.SigningKey(bench.Now)!.KeyId.ShouldBe(before);
        after.Problem.ShouldBeNull();
        await bench.AdvanceInStepsAsync(bench.Options.RotationInterval);
        var later = await bench.GetAsync();
        later.SigningKey(bench.Now)!.KeyId.ShouldNotBe(before, "the rotation continues");
        later.Known(null, before, bench.Now).ShouldNotBeNull("tokens of the key are still accepted");
    }
}
