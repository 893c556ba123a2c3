namespace Rewt.Tests.Ring;

/// <summary>Tests each transition of the rotation state machine.</summary>
public sealed class RotationPolicyTests
{
    private const long HalfInterval = Rings.Interval / 2;
    private const long Interval = Rings.Interval;
    private const long Tolerance = 50;
    private const string AllKeys = "current next retired";

    private static readonly RingState RefusedRing = new("epoch", 7, null, Rings.In(-1), null, default, []);

    /// <summary>Contains for each case the reading, the revocations that the instance knows, and the expected plan.</summary>
    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["a secret that expired at the deadline is replaced by the pending key"] = new(
            WithoutSecret(0), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["a secret that expired just before the deadline is replaced by the pending key"] = new(
            WithoutSecret(Tolerance), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["a secret that expired long ago is replaced by the pending key"] = new(
            WithoutSecret(-Interval), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["an expired secret without a pending key is replaced by a new key"] = new(
            Rings.Read(SecretSlot.Absent, Rings.Ring(0) with { Next = null }), RingAction.Rotate, "fresh-1 fresh-2 retired current", "", "fresh-1", Interval),
        ["a secret deleted before the deadline revokes all keys"] = new(
            WithoutSecret(HalfInterval), RingAction.Invalidate, "fresh-1 fresh-2", AllKeys, "fresh-1", Interval),
        ["a secret deleted shortly before the deadline revokes all keys"] = new(
            WithoutSecret(Tolerance + 1), RingAction.Invalidate, "fresh-1 fresh-2", AllKeys, "fresh-1", Interval),
        ["a deleted invalid value is replaced by a new key"] = new(
            Rings.Read(SecretSlot.Absent, RefusedRing, "current"), RingAction.Invalidate, "fresh-1 fresh-2", "", "fresh-1", Interval),
        ["a lost TTL is restored"] = new(WithSecret("current", null), RingAction.RestoreTimeToLive, AllKeys, "", null, HalfInterval),
        ["a TTL out of range is replaced"] = new(
            WithSecret("current", long.MaxValue / 2), RingAction.RestoreTimeToLive, AllKeys, "", null, HalfInterval),
        ["the times of a clock that was ahead by years are replaced"] = new(
            Rings.Read(Rings.Slot("current", 100 * Interval), Rings.Ring(100 * Interval) with { NextBorn = Rings.In(99 * Interval) }), RingAction.RestoreTimeToLive, AllKeys, "", null, Interval),
        ["the times of a clock that was ahead by slightly more than an interval are replaced"] = new(
            Rings.Read(Rings.Slot("current", HalfInterval), Rings.Ring(HalfInterval) with { NextBorn = Rings.In(Interval + 1) }), RingAction.RestoreTimeToLive, AllKeys, "", null, Interval),
        ["a TTL whose end could not be read is replaced by one interval"] = new(
            Rings.Read(Rings.Slot("current", long.MaxValue / 2), Rings.Ring(Years(11))), RingAction.RestoreTimeToLive, AllKeys, "", null, Interval),
        ["a TTL that was slightly extended moves the deadline"] = new(
            WithSecret("current", HalfInterval + Tolerance + 1), RingAction.MoveDeadline, AllKeys, DeadlineIn: HalfInterval + Tolerance + 1),
        ["a TTL that was extended moves the deadline"] = new(
            WithSecret("current", HalfInterval + (3 * Interval)), RingAction.MoveDeadline, AllKeys, DeadlineIn: HalfInterval + (3 * Interval)),
        ["a TTL that was slightly shortened moves the deadline"] = new(
            WithSecret("current", HalfInterval - Tolerance - 1), RingAction.MoveDeadline, AllKeys, DeadlineIn: HalfInterval - Tolerance - 1),
        ["a TTL that was shortened moves the deadline"] = new(
            WithSecret("current", HalfInterval / 2), RingAction.MoveDeadline, AllKeys, DeadlineIn: HalfInterval / 2),
        ["a TTL that was extended in time causes no rotation"] = new(
            WithSecret("current", HalfInterval, Rings.Lead), RingAction.MoveDeadline, AllKeys, DeadlineIn: HalfInterval),
        ["the pending key becomes current at the lead"] = new(
            WithSecret("current", Rings.Lead, Rings.Lead), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["the pending key becomes current after the lead has begun"] = new(
            WithSecret("current", 10, 10), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["the pending key becomes current after the deadline if the TTL is missing"] = new(
            WithSecret("current", null, -5_000), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),
        ["the pending key becomes current if the TTL was shortened below the lead"] = new(
            WithSecret("current", 1_000), RingAction.Rotate, "next fresh-1 retired current", "", "next", Interval),

        ["a secret that Node created at the deadline is kept with its TTL"] = new(
            WithSecret("node", 50_000, 0), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a secret that Node created just before the deadline is kept"] = new(
            WithSecret("node", 50_000, Tolerance), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a secret that Node created after the deadline is kept"] = new(
            WithSecret("node", 50_000, -90_000), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a revoked current key does not retire if Node created the next secret"] = new(
            WithSecret("node", 50_000, 0), RingAction.AdoptRotation, "node next retired", "current", DeadlineIn: 50_000, KnownRevoked: "current"),
        ["a secret set by Node that is the pending key becomes current"] = new(
            WithSecret("next", 50_000, 0), RingAction.AdoptRotation, "next fresh-1 retired current", DeadlineIn: 50_000),
        ["a secret set by Node that is a retired key becomes current again"] = new(
            WithSecret("retired", 50_000, 0), RingAction.AdoptRotation, "retired next current", DeadlineIn: 50_000),
        ["a secret set manually revokes all other keys and receives a TTL"] = new(
            WithSecret("mine", null), RingAction.Replace, "mine fresh-1", AllKeys, null, Interval),
        ["the TTL of a secret set manually is replaced"] = new(WithSecret("mine", 50_000), RingAction.Replace, "mine fresh-1", AllKeys, null, Interval),
        ["a secret set manually shortly before the deadline revokes all other keys"] = new(
            WithSecret("mine", 50_000, Tolerance + 1), RingAction.Replace, "mine fresh-1", AllKeys, null, Interval),
        ["a secret set manually after the deadline without a TTL revokes all other keys"] = new(
            WithSecret("mine", null, -90_000), RingAction.Replace, "mine fresh-1", AllKeys, null, Interval),
        ["the pending key set manually becomes current and the others are revoked"] = new(
            WithSecret("next", null), RingAction.Replace, "next fresh-1", "current retired", null, Interval),
        ["a retired key set manually becomes current and the others are revoked"] = new(
            WithSecret("retired", null), RingAction.Replace, "retired fresh-1", "current next", null, Interval),
        ["a secret that replaces an invalid value is accepted"] = new(
            Rings.Read(Rings.Slot("mine", 50_000), RefusedRing, "current"), RingAction.Replace, "mine fresh-1", "", null, Interval),
        ["a secret without a ring is adopted with its TTL"] = new(
            WithoutRing("node", 50_000), RingAction.Adopt, "node fresh-1", "lost", DeadlineIn: 50_000, KnownRevoked: "lost"),
        ["a secret without a ring and without a TTL receives a TTL"] = new(WithoutRing("node", null), RingAction.Adopt, "node fresh-1", "", null, Interval),
        ["a secret without a ring whose TTL is out of range receives another TTL"] = new(
            WithoutRing("current", long.MaxValue / 2), RingAction.Adopt, "current fresh-1", "", null, Interval),
        ["a secret that is revoked in the store is replaced"] = new(
            Rings.Read(Rings.Slot("back", 50_000), Rings.Ring(), "back"), RingAction.ReplaceRevoked, "fresh-1 fresh-2", AllKeys, "fresh-1", Interval),
        ["a secret that the instance knows as revoked is replaced"] = new(
            WithSecret("back", 50_000), RingAction.ReplaceRevoked, "fresh-1 fresh-2", AllKeys + " back", "fresh-1", Interval, KnownRevoked: "back"),
        ["a secret without a ring that is revoked in the store is replaced"] = new(
            Rings.Read(Rings.Slot("back", 50_000), null, "back"), RingAction.ReplaceRevoked, "fresh-1 fresh-2", "", "fresh-1", Interval),
        ["a secret without a ring that the instance knows as revoked is replaced"] = new(
            WithoutRing("back", 50_000), RingAction.ReplaceRevoked, "fresh-1 fresh-2", "back", "fresh-1", Interval, KnownRevoked: "back"),
        ["a revoked current key is replaced by the pending key"] = new(
            WithSecret("current", HalfInterval), RingAction.ReplaceRevoked, "next fresh-1 retired", "current", "next", Interval, KnownRevoked: "current"),

        ["a missing pending key is published"] = new(
            Rings.Read(Rings.Slot("current", HalfInterval), Rings.Ring() with { Next = null, NextBorn = default }), RingAction.PublishNext, "current fresh-1 retired"),
        ["a revoked pending key is replaced by another"] = new(
            Rings.Read(Rings.Slot("current", HalfInterval), Rings.Ring(), "next"), RingAction.PublishNext, "current fresh-1 retired"),
        ["a revocation that the store lost is restored"] = new(
            WithSecret("current", HalfInterval), RingAction.MergeRevocations, AllKeys, "stranger", KnownRevoked: "stranger"),
        ["a lost revocation of the pending key is restored"] = new(
            WithSecret("current", HalfInterval), RingAction.MergeRevocations, "current fresh-1 retired", "next", KnownRevoked: "next"),
        ["a lost revocation of a retired key is restored"] = new(
            WithSecret("current", HalfInterval), RingAction.MergeRevocations, "current next", "retired", KnownRevoked: "retired"),
        ["a retention that is shorter than that of the instance is raised"] = new(
            Rings.Read(Rings.Slot("current", HalfInterval), Rings.Ring() with { Retention = Rings.Schedule.Retention / 2 }), RingAction.RaiseRetention, AllKeys),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [InlineData(1_000_000_000, false)]
    [InlineData(1_000_000_001, true)]
    public void A_remembered_revocation_is_restored_only_if_the_reading_would_contain_it(long readUntil, bool isRestored)
    {
        var reading = WithSecret("current", HalfInterval) with { RevokedUntil = Rings.In(readUntil) };

        (Rings.Decide(reading, "stranger").Plan is not null).ShouldBe(isRestored);
    }

    [Fact]
    public void A_remembered_revocation_is_in_effect_even_if_it_is_not_written_again()
    {
        var plan = Rings.Decide(WithSecret("current", HalfInterval) with { RevokedUntil = Rings.Now }, "current").Plan!;

        plan.ShouldBe(RingAction.ReplaceRevoked, "next", Interval);
        plan.Ring.ShouldContainKeys("next", "fresh-1", "retired");
    }

    [Fact]
    public void A_ring_keeps_no_key_for_more_than_a_thousand_rotations_because_of_another_service()
    {
        var reading = Rings.Read(Rings.Slot("current", 0), Rings.Ring(0) with { Retention = TimeSpan.FromDays(3650) });

        Rings.Decide(reading).Plan!.Ring.Retired[^1].Until.ShouldBe(Rings.In(1000 * Interval));
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void The_plan_follows_from_the_reading_and_the_known_revocations(string name)
    {
        var (reading, action, keyNames, revoked, secret, expireIn, deadlineIn, knownRevoked) = Cases[name];

        var plan = Rings.Decide(reading, Split(knownRevoked)).Plan!;

        var keys = Split(keyNames);
        plan.ShouldBe(action, secret, expireIn);
        plan.Ring.ShouldContainKeys(keys[0], keys[1], keys[2..]);
        plan.ShouldRevoke(Split(revoked));
        plan.Ring.Deadline.ShouldBe((deadlineIn ?? expireIn) is { } length ? Rings.In(length) : reading.Ring!.Deadline);
        plan.Ring.NextBorn.ShouldBe(plan.Ring.Next!.Equals(reading.Ring?.Next) ? StoreTime.Min(reading.Ring!.NextBorn, Rings.Now) : Rings.Now);
        plan.Ring.Version.ShouldBe(reading.Ring is null ? 1 : 8);
        if (reading.Ring is null) plan.Ring.Epoch.ShouldBe(Rings.KeyId(secret is null ? "fresh-2" : "fresh-3").ToString());
        else plan.Ring.Epoch.ShouldBe("epoch");
        foreach (var retired in plan.Ring.Retired.Where(key => key.Secret.Equals(reading.Ring?.Current))) retired.Until.ShouldBe(Rings.Now + Rings.Schedule.Retention);
    }

    [Fact]
    public void A_consistent_ring_needs_no_change()
    {
        var decision = Rings.Decide(Rings.Read(Rings.Slot("current", HalfInterval), Rings.Ring()));

        decision.Plan.ShouldBeNull();
        decision.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_secret_of_another_Redis_type_is_reported_and_not_changed(bool withRing)
    {
        var decision = Rings.Decide(Rings.Read(SecretSlot.WrongType, withRing ? Rings.Ring() : null), "lost");

        decision.Plan.ShouldBeNull();
        decision.Problem!.ShouldContain("the value is not a string");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("736563726574", "6 bytes, fewer than 32")]
    [InlineData("78787878787878787878787878787878787878787878787878787878787878", "31 bytes, fewer than 32")]
    [InlineData("ff78787878787878787878787878787878787878787878787878787878787878787878", "not UTF-8")]
    public void An_invalid_secret_is_kept_and_all_keys_of_the_ring_are_revoked(string hex, string problem)
    {
        var slot = new SecretSlot(Convert.FromHexString(hex), false, null);

        var decision = Rings.Decide(Rings.Read(slot, Rings.Ring()));

        decision.Plan!.Action.ShouldBe(RingAction.Refuse);
        decision.Problem!.ShouldContain(problem);
        decision.Plan.SetSecret.ShouldBeNull();
        decision.Plan.ExpireAt.ShouldBeNull();
        decision.Plan.Ring.ShouldContainKeys(null, null);
        decision.Plan.ShouldRevoke("current", "next", "retired");
        var unchanged = Rings.Decide(Rings.Read(slot, decision.Plan.Ring, "current", "next", "retired"));
        unchanged.Plan.ShouldBeNull();
        unchanged.Problem.ShouldBe(decision.Problem);
        Rings.Decide(Rings.Read(slot, null)).Plan.ShouldBeNull();
    }

    [Fact]
    public void A_secret_may_have_at_most_4096_bytes()
    {
        Rings.Decide(Rings.Read(new SecretSlot(new byte[4097], false, null), null)).Problem!.ShouldContain("more than 4096 bytes");

        Rings.Decide(Rings.Read(new SecretSlot([.. Enumerable.Repeat((byte)'x', 4096)], false, null), null)).Plan!.Action.ShouldBe(RingAction.Adopt);
    }

    [Fact]
    public void An_empty_store_receives_a_new_secret_a_new_epoch_and_the_known_revocations()
    {
        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, null), "lost").Plan!;

        plan.Action.ShouldBe(RingAction.Create);
        plan.SetSecret.ShouldBe(plan.Ring.Current);
        plan.ExpireAt.ShouldBe(Rings.In(Rings.Interval));
        plan.Ring.Deadline.ShouldBe(Rings.In(Rings.Interval));
        plan.Ring.NextBorn.ShouldBe(Rings.Now);
        plan.Ring.Version.ShouldBe(1);
        plan.Ring.ShouldContainKeys("fresh-1", "fresh-2");
        plan.Ring.Epoch.ShouldBe(Rings.KeyId("fresh-3").ToString());
        plan.ShouldRevoke("lost");
    }

    [Theory]
    [InlineData("current")]
    [InlineData("next")]
    public void A_revoked_key_neither_retires_nor_becomes_current_when_the_secret_expires(string revoked)
    {
        foreach (var reading in new[] { Rings.Read(SecretSlot.Absent, Rings.Ring(0), revoked), Rings.Read(SecretSlot.Absent, Rings.Ring(0)) })
        {
            var plan = Rings.Decide(reading, revoked).Plan!;

            plan.Action.ShouldBe(RingAction.Rotate);
            plan.Ring.KeyIds().ShouldNotContain(Rings.KeyId(revoked));
        }
    }

    [Theory]
    [InlineData(Tolerance)]
    [InlineData(-Tolerance)]
    public void A_TTL_difference_within_the_clock_tolerance_is_ignored(long difference) =>
        Rings.Decide(Rings.Read(Rings.Slot("current", HalfInterval + difference), Rings.Ring())).Plan.ShouldBeNull();

    [Fact]
    public void The_creation_time_of_a_key_is_kept_and_is_unknown_for_an_adopted_key()
    {
        var created = Rings.Decide(Rings.Read(SecretSlot.Absent, null)).Plan!.Ring;
        var rotated = Rings.Decide(WithoutSecret(0) with { Ring = Rings.Ring(0) with { CurrentBorn = new(5) } }).Plan!.Ring;
        var adopted = Rings.Decide(WithoutRing("mine", null)).Plan!.Ring;
        var replaced = Rings.Decide(WithSecret("mine", null) with { Ring = Rings.Ring() with { CurrentBorn = new(5) } }).Plan!.Ring;
        var kept = Rings.Decide(WithSecret("current", null, -5_000) with { Ring = Rings.Ring() with { CurrentBorn = new(5) } }).Plan!.Ring;

        created.CurrentBorn.ShouldBe(Rings.Now);
        (rotated.CurrentBorn, rotated.NextBorn, rotated.Retired[^1].Born, rotated.Retired[0].Born).ShouldBe((Rings.Ring().NextBorn, Rings.Now, new StoreTime(5), StoreTime.Unknown));
        (adopted.CurrentBorn, adopted.NextBorn).ShouldBe((StoreTime.Unknown, Rings.Now));
        replaced.CurrentBorn.ShouldBe(StoreTime.Unknown);
        kept.CurrentBorn.ShouldBe(new(5));
    }

    [Fact]
    public void No_instance_rotates_before_the_deadline_minus_the_lead() =>
        Rings.Decide(Rings.Read(Rings.Slot("current", Rings.Lead + 1), Rings.Ring(Rings.Lead + 1))).Plan.ShouldBeNull();

    private static RingReading WithoutSecret(long deadlineIn) => Rings.Read(SecretSlot.Absent, Rings.Ring(deadlineIn));

    private static long Years(int count) => count * 365L * 24 * 3600 * 1000;

    private static RingReading WithSecret(string secret, long? timeToLive, long deadlineIn = HalfInterval) =>
        Rings.Read(Rings.Slot(secret, timeToLive), Rings.Ring(deadlineIn));

    private static RingReading WithoutRing(string secret, long? timeToLive) => Rings.Read(Rings.Slot(secret, timeToLive), null);

    private static string[] Split(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Represents a case. Spaces separate the names of keys; the keys of the ring are the current, the pending and the retired ones, in this order.</summary>
    private sealed record Case(
        RingReading Reading,
        RingAction Action,
        string KeyNames,
        string Revoked = "",
        string? Secret = null,
        long? ExpireIn = null,
        long? DeadlineIn = null,
        string KnownRevoked = "");
}
