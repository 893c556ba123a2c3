using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests the contract of a ring store. The derived classes open the store.</summary>
public abstract class RingStoreContract : IAsyncLifetime
{
    private const long Day = 86_400_000;
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    public static TheoryData<string> UnusualValues => new(
        "", "short", new string('x', 4096), "a secret of more than thirty-two bytes\n", "  a secret with spaces all around it   \t",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        "🔑🔑🔑🔑🔑🔑🔑🔑🔑", "a 0 byte \0 and a \r\n and \"quotes\" and 'more' and %d %s {}");

    private protected IRingStore First { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await FlushAsync();
        First = Open();
    }

    public virtual async ValueTask DisposeAsync()
    {
        // A skipped test has not opened the store.
        if (First is not null) await First.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_store_reads_as_empty_and_accepts_a_new_ring()
    {
        var empty = await ReadAsync();
        empty.Slot.IsAbsent.ShouldBeTrue();
        empty.Ring.ShouldBeNull();
        empty.Revoked.ShouldBeEmpty();

        var plan = Plan(empty, "first");
        (await First.TryApplyAsync(empty, plan, Cancellation)).ShouldBeTrue();

        var reading = await ReadAsync();
        reading.Slot.Value.ShouldBe(Rings.Value("first"));
        reading.Slot.IsWrongType.ShouldBeFalse();
        ShouldBe(reading.Ring!, plan.Ring);
        reading.Revoked.ShouldBe(plan.Revoked, ignoreOrder: true);
    }

    [Fact]
    public async Task Tenant_states_merge_to_the_same_result_in_any_order()
    {
        TenantState[] states = [State(2000, 0, false), State(0, 1990, true), State(0, 1980, false), State(1970, 1990, true), State(0, 2500, false), State(0, 2500, true), State(2400, 0, false)];

        foreach (var state in states) await MergeAsync("forwards", state);
        foreach (var state in states.Reverse()) await MergeAsync("backwards", state);

        (await First.Tenants!.FindAsync(["another", "forwards", "backwards"], Cancellation)).ShouldBe([default, State(2400, 2500, true), State(2400, 2500, true)]);
        (await First.Tenants!.ListAsync(Cancellation)).Keys.ShouldBe(["forwards", "backwards"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(2000, 0, false, 2000, true, "a remembered revocation")]
    [InlineData(0, 1985, false, 1990, true, "a late creation")]
    [InlineData(0, 1985, true, 1990, true, "an earlier deletion")]
    [InlineData(0, 2000, false, 2000, false, "a later creation")]
    public async Task Only_a_later_creation_reverses_the_deletion_of_a_tenant(long revokedAt, long lifeAt, bool isDeleted, long at, bool staysDeleted, string caseName)
    {
        await MergeAsync("acme", State(0, 1990, true));

        await MergeAsync("acme", State(revokedAt, lifeAt, isDeleted));

        var state = await StateAsync("acme");
        (state.Generation, state.IsDeleted).ShouldBe((new StoreTime(at), staysDeleted), caseName);
    }

    [Fact]
    public async Task Tenant_commands_increase_the_generation_and_a_revocation_preserves_a_deletion()
    {
        await CreateAsync();
        var remembered = (await ChangeAsync("acme", static (state, now) => state.Delete(now))).Create(default);

        var deleted = await ChangeAsync("acme", static (state, now) => state.Delete(now));
        var revoked = await ChangeAsync("acme", static (state, now) => state.Revoke(now));
        await MergeAsync("acme", remembered with { LifeAt = new(deleted.LifeAt.Milliseconds - 1) });

        (await StateAsync("acme")).ShouldBe(revoked);
        revoked.IsDeleted.ShouldBeTrue();
        deleted.Generation.ShouldBeGreaterThanOrEqualTo(remembered.Generation);
        revoked.Generation.ShouldBeGreaterThan(deleted.Generation);
        var created = await ChangeAsync("acme", static (state, now) => state.Create(now));
        created.IsDeleted.ShouldBeFalse();
        created.Generation.ShouldBeGreaterThan(revoked.Generation);
        (await ChangeAsync("acme", static (state, now) => state.Create(now))).ShouldBe(created);
    }

    [Fact]
    public async Task Concurrent_tenant_commands_never_decrease_the_generation()
    {
        await CreateAsync();
        Func<TenantState, StoreTime, TenantState>[] commands = [static (state, now) => state.Revoke(now), static (state, now) => state.Delete(now), static (state, now) => state.Create(now)];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async instance =>
        {
            await using var store = Open();
            for (var round = 0; round < 20; round++)
            {
                var before = await StateAsync("acme");
                var written = await ChangeAsync("acme", commands[(instance + round) % 3], store);
                var after = await StateAsync("acme");
                after.Generation.ShouldBeGreaterThanOrEqualTo(written.Generation);
                after.Merge(before).ShouldBe(after);
                if ((instance + round) % 3 < 2) written.Generation.ShouldBeGreaterThan(before.Generation);
            }
        }));
    }

    [Fact]
    public async Task Old_revocations_of_tenants_are_removed_but_creations_and_deletions_are_kept()
    {
        await MergeAsync("old", State(4000, 0, false));
        await MergeAsync("both", State(4000, 3000, true));
        await MergeAsync("created", State(0, 4000, false));

        await MergeAsync("new", State(6000, 0, false), forgetBefore: 5001);

        (await First.Tenants!.ListAsync(Cancellation)).ShouldBe(
            new Dictionary<string, TenantState> { ["both"] = State(0, 3000, true), ["created"] = State(0, 4000, false), ["new"] = State(6000, 0, false) }, ignoreOrder: true);
    }

    [Fact]
    public async Task Tenant_writes_since_a_stamp_are_listed_up_to_a_maximum_number()
    {
        await CreateAsync();
        await MergeAsync("acme", State(1000, 0, false));
        var stamp = (await ReadAsync()).TenantStamp;
        await MergeAsync("globex", State(1000, 0, false));
        var last = (await ReadAsync()).TenantStamp;

        var writes = (await First.Tenants!.ListWritesAsync(stamp, Cancellation)).ShouldNotBeNull().ShouldHaveSingleItem();
        (writes.Stamp, writes.By, writes.Tenants.ShouldHaveSingleItem()).ShouldBe((last!, "ada at login", "globex"));
        (await First.Tenants!.ListWritesAsync(last, Cancellation)).ShouldBe([]);
        (await First.Tenants!.ListWritesAsync("unknown", Cancellation)).ShouldBeNull();
        (await First.Tenants!.ListWritesAsync(null, Cancellation)).ShouldNotBeNull().Select(write => write.Tenants[0]).ShouldBe(["globex", "acme"]);
        for (var write = 0; write < TenantLogEntry.MostEntries; write++) await MergeAsync("acme", State(2000 + write, 0, false));
        (await First.Tenants!.ListWritesAsync(last, Cancellation)).ShouldBeNull();
        (await First.Tenants!.ListWritesAsync(null, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task The_tenant_stamp_changes_with_every_tenant_write_but_not_with_the_ring()
    {
        await CreateAsync();
        (await ReadAsync()).TenantStamp.ShouldBeNull();
        await MergeAsync("acme", State(1000, 0, false));
        var basis = await ReadAsync();
        basis.TenantStamp.ShouldNotBeNull();

        (await First.TryApplyAsync(basis, Plan(basis, "second"), Cancellation)).ShouldBeTrue();

        (await ReadAsync()).TenantStamp.ShouldBe(basis.TenantStamp);
        await MergeAsync("acme", State(2000, 0, false));
        (await ReadAsync()).TenantStamp.ShouldNotBe(basis.TenantStamp);
        ShouldBe((await ReadAsync()).Ring!, Plan(basis, "second").Ring);
    }

    [Fact]
    public async Task One_of_several_concurrent_creations_succeeds_and_all_stores_read_its_secret()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => Open()).ToList();
        var bases = await Task.WhenAll(stores.Select(store => store.ReadAsync(Cancellation)));

        var results = await Task.WhenAll(stores.Select((store, index) => store.TryApplyAsync(bases[index], Plan(bases[index], $"of {index}"), Cancellation)));

        results.Count(applied => applied).ShouldBe(1);
        var winner = $"of {results.Index().Single(pair => pair.Item).Index}";
        foreach (var store in stores)
        {
            (await store.ReadAsync(Cancellation)).Slot.Value.ShouldBe(Rings.Value(winner));
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_plan_that_was_applied_is_not_applied_again()
    {
        var basis = await ReadAsync();
        var plan = Plan(basis, "first");
        (await First.TryApplyAsync(basis, plan, Cancellation)).ShouldBeTrue();

        (await First.TryApplyAsync(basis, plan, Cancellation)).ShouldBeFalse();

        ShouldBe((await ReadAsync()).Ring!, plan.Ring);
    }

    [Theory]
    [InlineData("another value")]
    [InlineData("no value")]
    [InlineData("an empty value")]
    [InlineData("another version")]
    [InlineData("another epoch")]
    [InlineData("no ring")]
    public async Task A_plan_is_not_applied_if_the_state_it_is_based_on_has_changed(string change)
    {
        await CreateAsync();
        var basis = await ReadAsync();
        await ChangeAsync(change, basis);
        var changed = await ReadAsync();

        (await First.TryApplyAsync(basis, Plan(basis, "second"), Cancellation)).ShouldBeFalse();

        var after = await ReadAsync();
        after.Slot.Value.ShouldBe(changed.Slot.Value);
        (after.Ring?.Version).ShouldBe(changed.Ring?.Version);
        after.Revoked.ShouldBe(changed.Revoked, ignoreOrder: true);
    }

    [Fact]
    public async Task A_secret_that_was_set_after_an_empty_reading_is_not_overwritten()
    {
        var basis = await ReadAsync();
        await SetAsync([], null);

        (await First.TryApplyAsync(basis, Plan(basis, "first"), Cancellation)).ShouldBeFalse();

        (await ReadAsync()).Slot.Value.ShouldBe([]);
    }

    [Fact]
    public async Task The_TTL_is_set_by_a_plan_and_kept_by_a_plan_without_one()
    {
        await CreateAsync();
        var created = await ReadAsync();
        created.Slot.TimeToLive!.Value.ShouldBeInRange(Day - 5_000, Day);

        await First.TryApplyAsync(created, Plan(created, null), Cancellation);
        (await ReadAsync()).Slot.TimeToLive!.Value.ShouldBeInRange(Day - 5_000, Day);

        await ExpireAsync(TimeSpan.FromSeconds(100));
        var shorter = await ReadAsync();
        shorter.Slot.TimeToLive!.Value.ShouldBeInRange(95_000, 100_000);
        await First.TryApplyAsync(shorter, Plan(shorter, null) with { ExpireAt = shorter.Now + TimeSpan.FromSeconds(50) }, Cancellation);
        (await ReadAsync()).Slot.TimeToLive!.Value.ShouldBeInRange(45_000, 50_000);

        await ExpireAsync(null);
        (await ReadAsync()).Slot.TimeToLive.ShouldBeNull();
        await SetAsync(Rings.Value("mine"), TimeSpan.FromSeconds(10));
        (await ReadAsync()).Slot.TimeToLive!.Value.ShouldBeInRange(5_000, 10_000);
    }

    [Fact]
    public async Task Revocations_accumulate_until_their_retention_ends()
    {
        await CreateAsync();
        var first = await ReadAsync();
        var revoked = Rings.NoRevocations.Add(Rings.KeyId("long dead"), first.Now + OneDay).Add(Rings.KeyId("soon forgotten"), first.Now);
        await First.TryApplyAsync(first, Plan(first, null) with { Revoked = revoked }, Cancellation);
        (await ReadAsync()).Revoked.Keys.ShouldContain(Rings.KeyId("long dead"));

        var second = await ReadAsync();
        await First.TryApplyAsync(second, Plan(second, null) with { Revoked = Rings.NoRevocations.Add(Rings.KeyId("dead too"), second.Now + OneDay) }, Cancellation);

        var reading = await ReadAsync();
        reading.Revoked.Keys.ShouldBe([Rings.KeyId("dead"), Rings.KeyId("long dead"), Rings.KeyId("dead too")], ignoreOrder: true);
        reading.Revoked[Rings.KeyId("long dead")].ShouldBe(first.Now + OneDay);
    }

    [Fact]
    public async Task A_retired_key_verifies_as_long_as_the_service_with_the_longest_tokens_requires()
    {
        var longer = Rings.Schedule with { Retention = OneDay };
        RingUpdater patient = Updater(longer), hasty = Updater(Rings.Schedule);
        var known = await patient.UpdateAsync(null, null, Cancellation);

        (await RotateAsync(hasty, Rings.Schedule)).ShouldBeGreaterThan(OneDay / 2);
        await patient.UpdateAsync(known, null, Cancellation);
        (await RotateAsync(hasty, Rings.Schedule)).ShouldBeGreaterThan(OneDay / 2);

        // The patient service reads no more.
        (await RotateAsync(hasty, Rings.Schedule)).ShouldBeLessThanOrEqualTo(Rings.Schedule.Retention);
    }

    [Theory]
    [MemberData(nameof(UnusualValues))]
    public Task A_text_value_is_read_and_compared_byte_for_byte(string value) => RoundTripAsync(Encoding.UTF8.GetBytes(value));

    [Fact]
    public Task A_binary_value_is_read_and_compared_byte_for_byte() => RoundTripAsync([.. Enumerable.Range(0, 256).Select(value => (byte)value)]);

    [Fact]
    public async Task Subscribers_are_notified_of_applied_plans_only()
    {
        var notifications = 0;
        await using var other = Open();
        await other.SubscribeAsync(() => Interlocked.Increment(ref notifications), Cancellation);
        var basis = await ReadAsync();
        await First.TryApplyAsync(basis, Plan(basis, "first"), Cancellation);
        await Eventually.TrueAsync(() => Volatile.Read(ref notifications) == 1, "the other store is notified");

        await First.TryApplyAsync(basis, Plan(basis, "second"), Cancellation);
        var changed = await ReadAsync();
        await First.TryApplyAsync(changed, Plan(changed, null), Cancellation);

        await Eventually.TrueAsync(() => Volatile.Read(ref notifications) >= 2, "the other store is notified again");
        notifications.ShouldBe(2);
    }

    [Fact]
    public async Task The_time_of_a_reading_comes_from_the_clock_of_the_store()
    {
        var before = await ServerTimeAsync();
        var reading = await ReadAsync();

        reading.Now.Milliseconds.ShouldBeInRange(before, await ServerTimeAsync());
    }

    private protected abstract IRingStore Open();

    protected abstract Task SetAsync(byte[] value, TimeSpan? ttl);

    protected abstract Task DeleteAsync();

    protected abstract Task ExpireAsync(TimeSpan? ttl);

    protected abstract Task FlushAsync();

    protected abstract Task<long> ServerTimeAsync();

    private protected Task<RingReading> ReadAsync() => First.ReadAsync(Cancellation);

    private protected async Task CreateAsync()
    {
        var basis = await ReadAsync();
        (await First.TryApplyAsync(basis, Plan(basis, "first"), Cancellation)).ShouldBeTrue();
    }

    private protected static RingChange Plan(RingReading basis, string? secret)
    {
        var current = secret is null ? basis.Ring!.Current! : Rings.Secret(secret);
        var ring = new RingState(
            basis.Ring?.Epoch ?? "epoch", (basis.Ring?.Version ?? 0) + 1, current, basis.Now + OneDay, Rings.Secret("next"), basis.Now - TimeSpan.FromMilliseconds(5),
            [new RetiredKey(Rings.Secret("older"), basis.Now + TimeSpan.FromSeconds(1)), new RetiredKey(Rings.Secret("old"), basis.Now + TimeSpan.FromSeconds(2)) { Born = basis.Now - TimeSpan.FromMilliseconds(9) }])
        {
            CurrentBorn = basis.Now - TimeSpan.FromMilliseconds(7),
        };
        var revoked = basis.Ring is null ? Rings.NoRevocations.Add(Rings.KeyId("dead"), basis.Now + OneDay) : Rings.NoRevocations;
        return new RingChange(RingAction.Create, ring, secret is null ? null : current, secret is null ? null : basis.Now + OneDay, revoked);
    }

    private RingUpdater Updater(RingSchedule schedule) => new("rewt", First, schedule, TimeProvider.System, NullLogger.Instance);

    /// <summary>Rotates the secret, and returns for how long the former secret verifies.</summary>
    private static async Task<TimeSpan> RotateAsync(RingUpdater updater, RingSchedule schedule)
    {
        StoreTime before = default;
        KeyId? former = null;
        var snapshot = await updater.UpdateAsync(
            null,
            reading =>
            {
                (before, former) = (reading.Now, reading.Ring!.Current!.KeyId);
                return RotationPolicy.Rotate(reading, schedule, Secret.Generate);
            },
            Cancellation);
        return snapshot!.Reading.Ring!.Retired.Single(key => key.Secret.KeyId == former).Until - before;
    }

    private static TenantState State(long revokedAt, long lifeAt, bool isDeleted) => new(new(revokedAt), new(lifeAt), isDeleted);

    private Task MergeAsync(string tenant, TenantState state, long forgetBefore = 0) =>
        First.Tenants!.MergeAsync(new Dictionary<string, TenantState> { [tenant] = state }, "ada at login", new(forgetBefore), Cancellation);

    private async Task<TenantState> StateAsync(string tenant) => (await First.Tenants!.FindAsync([tenant], Cancellation))[0];

    private async Task<TenantState> ChangeAsync(string tenant, Func<TenantState, StoreTime, TenantState> change, IRingStore? store = null)
    {
        var now = ClockReading.Now(TimeProvider.System);
        var ring = new RingSnapshot(await ReadAsync(), Rings.NoRevocations, null, Rings.Schedule, now, null);
        return (await (store ?? First).Tenants!.ChangeAsync(tenant, default, change, "ada at login", ring, now, Cancellation)).After;
    }

    private static void ShouldBe(RingState actual, RingState expected)
    {
        (actual with { Retired = [] }).ShouldBe(expected with { Retired = [] });
        actual.Retired.ShouldBe(expected.Retired);
    }

    private async Task ChangeAsync(string change, RingReading basis)
    {
        if (change == "no ring") await FlushAsync();
        await (change switch
        {
            "another value" => SetAsync(Rings.Value("mine"), null),
            "no value" => DeleteAsync(),
            "an empty value" => SetAsync([], null),
            "no ring" => SetAsync(basis.Slot.Value!, null),
            "another epoch" => ApplyAsync(Plan(basis, null).Ring with { Epoch = "another", Version = basis.Ring!.Version }),
            _ => ApplyAsync(Plan(basis, null).Ring),
        });

        async Task ApplyAsync(RingState ring) =>
            (await First.TryApplyAsync(basis, Plan(basis, null) with { Ring = ring }, Cancellation)).ShouldBeTrue();
    }

    private async Task RoundTripAsync(byte[] value)
    {
        await CreateAsync();
        await SetAsync(value, null);
        var reading = await ReadAsync();
        reading.Slot.Value.ShouldBe(value);
        reading.Slot.IsAbsent.ShouldBeFalse();

        var plan = RotationPolicy.Decide(reading, Rings.Schedule, ImmutableDictionary<KeyId, StoreTime>.Empty, Secret.Generate).Plan!;
        (await First.TryApplyAsync(reading, plan, Cancellation)).ShouldBeTrue();

        var after = await ReadAsync();
        after.Slot.Value.ShouldBe(value);
        ShouldBe(after.Ring!, plan.Ring);
        after.Ring!.Current.ShouldBe(Secret.TryParse(value, out _));

        // A pending and a retired key are stored in the ring itself.
        if (after.Ring.Current is not { } unusual) return;
        await ShouldRoundTripAsync(ring => ring with { Next = unusual });
        await ShouldRoundTripAsync(ring => ring with { Retired = [new RetiredKey(unusual, after.Now + TimeSpan.FromSeconds(1))] });
    }

    private async Task ShouldRoundTripAsync(Func<RingState, RingState> change)
    {
        var basis = await ReadAsync();
        var plan = Plan(basis, "second");
        plan = plan with { Ring = change(plan.Ring) };
        (await First.TryApplyAsync(basis, plan, Cancellation)).ShouldBeTrue();
        ShouldBe((await ReadAsync()).Ring!, plan.Ring);
    }
}
