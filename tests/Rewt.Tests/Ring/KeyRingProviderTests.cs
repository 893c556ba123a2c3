using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests the key ring of an instance with a fake clock.</summary>
public sealed class KeyRingProviderTests
{
    [Fact]
    public async Task The_first_request_creates_a_current_and_a_pending_key_that_other_instances_share()
    {
        await using var bench = new ProviderBench();
        await using var another = bench.CreateProvider();

        var snapshot = await bench.StartAsync();

        (await bench.ReadServerAsync()).Slot.Value.ShouldBe(snapshot.Current!.Secret.CopyBytes());
        snapshot.Next.ShouldNotBeNull();
        var other = await another.GetAsync(Cancellation);
        other.Current!.KeyId.ShouldBe(snapshot.Current.KeyId);
        other.Next!.KeyId.ShouldBe(snapshot.Next.KeyId);
    }

    /// <summary>Tests the maximum intervals. With a longer interval, the system timer would fail, and the instance would not read again.</summary>
    [Fact]
    public async Task An_instance_with_the_longest_intervals_reads_again_after_a_push_message()
    {
        var options = new RewtOptions { ServiceName = "inventory", RotationInterval = TimeSpan.FromDays(3650), RefreshInterval = TimeSpan.FromDays(31), StaleBudget = TimeSpan.FromDays(3650) };
        var store = new InMemoryRingStore(TimeProvider.System);
        await using var one = Create();
        await using var another = Create();
        another.Start();
        var keyId = (await another.GetAsync(Cancellation)).Current!.KeyId;

        await one.RevokeAsync(keyId, Cancellation);

        await Eventually.TrueAsync(() => another.Known!.Current!.KeyId != keyId, "the other instance has read the revocation");

        KeyRingProvider Create() => new(options, new SharedSecretSource(options, store, TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public async Task The_pending_key_becomes_current_at_the_deadline_minus_the_lead()
    {
        await using var bench = new ProviderBench();
        var first = await bench.StartAsync();
        var (current, pending) = (first.Current!.KeyId, first.Next!.KeyId);

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(57.9), TimeSpan.FromSeconds(1));
        var before = await bench.GetAsync();
        before.Current!.KeyId.ShouldBe(current);
        before.SigningKey(bench.Now)!.KeyId.ShouldBe(current);
        before.Find(pending, bench.Now).ShouldNotBeNull();

        // The lead is two seconds; the instances of a fleet rotate at different times within its first quarter.
        bench.Advance(TimeSpan.FromMilliseconds(100));
        (await bench.GetAsync()).SigningKey(bench.Now)!.KeyId.ShouldBe(pending);
        await bench.AdvanceInStepsAsync(TimeSpan.FromMilliseconds(600), TimeSpan.FromMilliseconds(100));

        var server = await bench.ReadServerAsync();
        server.Ring!.Current!.KeyId.ShouldBe(pending);
        server.Slot.TimeToLive!.Value.ShouldBeInRange(59_000, 60_000);
        var after = await bench.GetAsync();
        after.Current!.KeyId.ShouldBe(pending);
        after.Find(current, bench.Now).ShouldNotBeNull();
        after.Next!.KeyId.ShouldNotBe(pending);
    }

    [Fact]
    public async Task A_retired_key_verifies_until_the_last_token_it_signed_has_expired()
    {
        await using var bench = new ProviderBench(options => options.MaxTokenLifetime = TimeSpan.FromMinutes(2));
        var current = (await bench.StartAsync()).Current!.KeyId;
        await bench.Provider.RotateAsync(Cancellation);

        var retention = TimeSpan.FromSeconds(120 + 30 + 10 + 5);
        await bench.AdvanceInStepsAsync(retention - TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).Find(current, bench.Now).ShouldNotBeNull();

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1));
        (await bench.GetAsync()).Find(current, bench.Now).ShouldBeNull();
    }

    [Fact]
    public async Task A_poll_detects_a_change_within_one_refresh_interval_without_a_push()
    {
        await using var bench = new ProviderBench();
        var former = (await bench.StartAsync()).Current!.KeyId;
        bench.Server.Set(Rings.Value("mine"));

        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        bench.Provider.Fresh!.Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
        bench.Provider.Fresh.Find(former, bench.Now).ShouldBeNull();
        (await bench.ReadServerAsync()).Slot.TimeToLive.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_unchanged_ring_is_read_once_per_poll_and_never_by_requests()
    {
        await using var bench = new ProviderBench(options => options.RotationInterval = TimeSpan.FromHours(1));
        await bench.StartAsync();
        var reads = bench.Store.Reads;

        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 100; i++) bench.GetAsync().IsCompletedSuccessfully.ShouldBeTrue();
            await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1));
        }

        // Polls are 3 to 4.25 seconds apart, because a poll waits for the next step of the fake clock.
        (bench.Store.Reads - reads).ShouldBeInRange(13, 20);
    }

    [Fact]
    public async Task An_invalid_secret_found_at_the_start_is_not_treated_as_an_outage()
    {
        await using var bench = new ProviderBench();
        bench.Server.Set([]);

        (await Should.ThrowAsync<RewtKeysUnavailableException>(bench.GetAsync)).Message.ShouldContain("the value is empty");
        await bench.WaitUntilIdleAsync();
        var reads = bench.Store.Reads;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(2.5));

        // An unavailable store would be read twice per second.
        bench.Store.Reads.ShouldBe(reads);
        (await bench.ReadServerAsync()).Ring.ShouldBeNull();
    }

    [Fact]
    public async Task A_new_epoch_revokes_the_keys_of_the_previous_epoch()
    {
        await using var bench = new ProviderBench();
        var former = await bench.StartAsync();
        bench.Server.Flush();
        bench.Server.Set(Rings.Value("mine"));

        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        var snapshot = await bench.GetAsync();
        snapshot.Epoch.ShouldNotBe(former.Epoch);
        foreach (var keyId in former.KeyIds)
        {
            snapshot.Find(keyId, bench.Now).ShouldBeNull();
            (await bench.ReadServerAsync()).Revoked.Keys.ShouldContain(keyId);
        }
    }

    [Fact]
    public async Task Rotating_and_revoking_return_the_changed_key_ring()
    {
        await using var bench = new ProviderBench();
        var first = await bench.StartAsync();

        var rotated = await bench.Provider.RotateAsync(Cancellation);
        rotated.Current!.KeyId.ShouldBe(first.Next!.KeyId);
        rotated.Find(first.Current!.KeyId, bench.Now).ShouldNotBeNull();

        var revoked = await bench.Provider.RevokeAsync(rotated.Current.KeyId, Cancellation);
        revoked.Current!.KeyId.ShouldBe(rotated.Next!.KeyId);
        revoked.Find(rotated.Current.KeyId, bench.Now).ShouldBeNull();
        revoked.Find(first.Current.KeyId, bench.Now).ShouldNotBeNull();

        var again = await bench.Provider.RevokeAsync(rotated.Current.KeyId, Cancellation);
        again.Current!.KeyId.ShouldBe(revoked.Current.KeyId);
    }
}
