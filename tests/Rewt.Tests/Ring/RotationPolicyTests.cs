namespace Rewt.Tests.Ring;

/// <summary>A test for each row of the state machine.</summary>
public sealed class RotationPolicyTests
{
    private const long Half = Rings.Interval / 2;
    private const long Day = Rings.Interval;
    private const long Tolerance = 50;
    private const string Fleet = "current next retired";

    private static readonly RingState Refused = new("epoch", 7, null, Rings.In(-1), null, default, []);

    /// <summary>Of each case: what is read and what is remembered dead, and what is then planned.</summary>
    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["a secret gone at the deadline is followed by the next"] = new(
            Gone(0), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["a secret gone just before the deadline is followed by the next"] = new(
            Gone(Tolerance), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["a secret gone long ago is followed by the next"] = new(
            Gone(-Day), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["without a next a fresh one follows"] = new(
            Rings.Read(SecretSlot.Absent, Rings.Ring(0) with { Next = null }), RingAction.Rotate, "fresh-1 fresh-2 retired current", "", "fresh-1", Day),
        ["a secret deleted before the deadline kills all keys"] = new(
            Gone(Half), RingAction.Invalidate, "fresh-1 fresh-2", Fleet, "fresh-1", Day),
        ["a secret deleted a little before the deadline kills all keys"] = new(
            Gone(Tolerance + 1), RingAction.Invalidate, "fresh-1 fresh-2", Fleet, "fresh-1", Day),
        ["a useless value that is deleted makes room"] = new(
            Rings.Read(SecretSlot.Absent, Refused, "current"), RingAction.Invalidate, "fresh-1 fresh-2", "", "fresh-1", Day),
        ["a lost TTL is put back"] = new(Held("current", null), RingAction.RestoreTimeToLive, Fleet, "", null, Half),
        ["a TTL that is no time to rotate is replaced"] = new(
            Held("current", long.MaxValue / 2), RingAction.RestoreTimeToLive, Fleet, "", null, Half),
        ["a TTL that was prolonged a little moves the deadline"] = new(
            Held("current", Half + Tolerance + 1), RingAction.MoveDeadline, Fleet, DeadlineIn: Half + Tolerance + 1),
        ["a TTL that was prolonged moves the deadline"] = new(
            Held("current", Half + (3 * Day)), RingAction.MoveDeadline, Fleet, DeadlineIn: Half + (3 * Day)),
        ["a TTL that was shortened a little moves the deadline"] = new(
            Held("current", Half - Tolerance - 1), RingAction.MoveDeadline, Fleet, DeadlineIn: Half - Tolerance - 1),
        ["a TTL that was shortened moves the deadline"] = new(
            Held("current", Half / 2), RingAction.MoveDeadline, Fleet, DeadlineIn: Half / 2),
        ["a deadline that was moved away in time does not rotate"] = new(
            Held("current", Half, Rings.Lead), RingAction.MoveDeadline, Fleet, DeadlineIn: Half),
        ["the next key takes over at the lead"] = new(
            Held("current", Rings.Lead, Rings.Lead), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["the next key takes over late"] = new(Held("current", 10, 10), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["the next key takes over where the TTL is gone"] = new(
            Held("current", null, -5_000), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),
        ["the next key takes over where the TTL was shortened"] = new(
            Held("current", 1_000), RingAction.Rotate, "next fresh-1 retired current", "", "next", Day),

        ["a secret that Node made at the deadline is kept with its TTL"] = new(
            Held("node", 50_000, 0), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a secret that Node made just before the deadline is kept"] = new(
            Held("node", 50_000, Tolerance), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a secret that Node made after the deadline is kept"] = new(
            Held("node", 50_000, -90_000), RingAction.AdoptRotation, "node next retired current", DeadlineIn: 50_000),
        ["a dead current key does not retire when Node made the next"] = new(
            Held("node", 50_000, 0), RingAction.AdoptRotation, "node next retired", "current", DeadlineIn: 50_000, Remembered: "current"),
        ["a secret of Node that is our next is current"] = new(
            Held("next", 50_000, 0), RingAction.AdoptRotation, "next fresh-1 retired current", DeadlineIn: 50_000),
        ["a secret of Node that had retired is current again"] = new(
            Held("retired", 50_000, 0), RingAction.AdoptRotation, "retired next current", DeadlineIn: 50_000),
        ["a secret set by hand kills all others and gets a TTL"] = new(
            Held("mine", null), RingAction.Replace, "mine fresh-1", Fleet, null, Day),
        ["a secret set by hand with a TTL gets ours"] = new(Held("mine", 50_000), RingAction.Replace, "mine fresh-1", Fleet, null, Day),
        ["a secret set by hand a little before the deadline kills all others"] = new(
            Held("mine", 50_000, Tolerance + 1), RingAction.Replace, "mine fresh-1", Fleet, null, Day),
        ["a secret set by hand after the deadline without a TTL kills all others"] = new(
            Held("mine", null, -90_000), RingAction.Replace, "mine fresh-1", Fleet, null, Day),
        ["the next key set by hand lives and the others die"] = new(
            Held("next", null), RingAction.Replace, "next fresh-1", "current retired", null, Day),
        ["a retired key set by hand lives and the others die"] = new(
            Held("retired", null), RingAction.Replace, "retired fresh-1", "current next", null, Day),
        ["a secret set over a useless value is taken"] = new(
            Rings.Read(Rings.Holding("mine", 50_000), Refused, "current"), RingAction.Replace, "mine fresh-1", "", null, Day),
        ["a secret without a ring is adopted with its TTL"] = new(
            Alone("node", 50_000), RingAction.Adopt, "node fresh-1", "lost", DeadlineIn: 50_000, Remembered: "lost"),
        ["a secret without a ring and a TTL gets one"] = new(Alone("node", null), RingAction.Adopt, "node fresh-1", "", null, Day),
        ["a secret without a ring whose TTL is no time to rotate gets one"] = new(
            Alone("current", long.MaxValue / 2), RingAction.Adopt, "current fresh-1", "", null, Day),
        ["a secret that the store knows dead is replaced"] = new(
            Rings.Read(Rings.Holding("back", 50_000), Rings.Ring(), "back"), RingAction.ReplaceRevoked, "fresh-1 fresh-2", Fleet, "fresh-1", Day),
        ["a secret that is remembered dead is replaced"] = new(
            Held("back", 50_000), RingAction.ReplaceRevoked, "fresh-1 fresh-2", Fleet + " back", "fresh-1", Day, Remembered: "back"),
        ["a secret without a ring that the store knows dead is replaced"] = new(
            Rings.Read(Rings.Holding("back", 50_000), null, "back"), RingAction.ReplaceRevoked, "fresh-1 fresh-2", "", "fresh-1", Day),
        ["a secret without a ring that is remembered dead is replaced"] = new(
            Alone("back", 50_000), RingAction.ReplaceRevoked, "fresh-1 fresh-2", "back", "fresh-1", Day, Remembered: "back"),
        ["a current key known to be dead is followed by the next"] = new(
            Held("current", Half), RingAction.ReplaceRevoked, "next fresh-1 retired", "current", "next", Day, Remembered: "current"),

        ["a missing next key is published"] = new(
            Rings.Read(Rings.Holding("current", Half), Rings.Ring() with { Next = null, NextBorn = default }), RingAction.PublishNext, "current fresh-1 retired"),
        ["a dead next key is replaced by another"] = new(
            Rings.Read(Rings.Holding("current", Half), Rings.Ring(), "next"), RingAction.PublishNext, "current fresh-1 retired"),
        ["a revocation that the store lost is merged back"] = new(
            Held("current", Half), RingAction.MergeRevocations, Fleet, "stranger", Remembered: "stranger"),
        ["a lost revocation of the next key is merged back"] = new(
            Held("current", Half), RingAction.MergeRevocations, "current fresh-1 retired", "next", Remembered: "next"),
        ["a lost revocation of a retired key is merged back"] = new(
            Held("current", Half), RingAction.MergeRevocations, "current next", "retired", Remembered: "retired"),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void The_reading_decides_the_write(string name)
    {
        var (reading, action, hold, kill, secret, expireIn, deadlineIn, remembered) = Cases[name];

        var plan = Rings.Decide(reading, Words(remembered)).Plan!;

        var keys = Words(hold);
        plan.ShouldBe(action, secret, expireIn);
        plan.Ring.ShouldHold(keys[0], keys[1], keys[2..]);
        plan.ShouldKill(Words(kill));
        plan.Ring.Deadline.ShouldBe((deadlineIn ?? expireIn) is { } length ? Rings.In(length) : reading.Ring!.Deadline);
        plan.Ring.NextBorn.ShouldBe(plan.Ring.Next!.Equals(reading.Ring?.Next) ? reading.Ring!.NextBorn : Rings.Now);
        plan.Ring.Version.ShouldBe(reading.Ring is null ? 1 : 8);
        if (reading.Ring is null) plan.Ring.Epoch.ShouldBe(Rings.KeyId(secret is null ? "fresh-2" : "fresh-3"));
        else plan.Ring.Epoch.ShouldBe("epoch");
        foreach (var retired in plan.Ring.Retired.Where(key => key.Secret.Equals(reading.Ring?.Current))) retired.Until.ShouldBe(Rings.Now + Rings.Schedule.Retention);
    }

    [Fact]
    public void A_ring_in_which_all_is_well_is_left_alone()
    {
        var verdict = Rings.Decide(Rings.Read(Rings.Holding("current", Half), Rings.Ring()));

        verdict.Action.ShouldBe(RingAction.None);
        verdict.Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_of_another_type_is_left_alone_and_named(bool withRing)
    {
        var verdict = Rings.Decide(Rings.Read(SecretSlot.WrongType, withRing ? Rings.Ring() : null), "lost");

        verdict.Plan.ShouldBeNull();
        verdict.Problem!.ShouldContain("the value is not a string");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("736563726574", "6 bytes, fewer than 32")]
    [InlineData("78787878787878787878787878787878787878787878787878787878787878", "31 bytes, fewer than 32")]
    [InlineData("ff78787878787878787878787878787878787878787878787878787878787878787878", "not UTF-8")]
    public void A_value_that_is_no_secret_stays_and_the_keys_die(string hex, string problem)
    {
        var slot = new SecretSlot(Convert.FromHexString(hex), false, null);

        var verdict = Rings.Decide(Rings.Read(slot, Rings.Ring()));

        verdict.Action.ShouldBe(RingAction.Refuse);
        verdict.Problem!.ShouldContain(problem);
        verdict.Plan!.SetSecret.ShouldBeNull();
        verdict.Plan.ExpireAt.ShouldBeNull();
        verdict.Plan.Ring.ShouldHold(null, null);
        verdict.Plan.ShouldKill("current", "next", "retired");
        var again = Rings.Decide(Rings.Read(slot, verdict.Plan.Ring, "current", "next", "retired"));
        again.Plan.ShouldBeNull();
        again.Problem.ShouldBe(verdict.Problem);
        Rings.Decide(Rings.Read(slot, null)).Plan.ShouldBeNull();
    }

    [Fact]
    public void A_value_that_is_too_long_is_no_secret_and_the_longest_one_is()
    {
        Rings.Decide(Rings.Read(new SecretSlot(new byte[4097], false, null), null)).Problem!.ShouldContain("more than 4096 bytes");

        Rings.Decide(Rings.Read(new SecretSlot([.. Enumerable.Repeat((byte)'x', 4096)], false, null), null)).Action.ShouldBe(RingAction.Adopt);
    }

    [Fact]
    public void Nothing_at_all_becomes_a_fresh_secret_in_a_new_epoch_and_what_is_remembered_dead_stays_dead()
    {
        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, null), "lost").Plan!;

        plan.Action.ShouldBe(RingAction.Create);
        plan.SetSecret.ShouldBe(plan.Ring.Current);
        plan.ExpireAt.ShouldBe(Rings.In(Rings.Interval));
        plan.Ring.Deadline.ShouldBe(Rings.In(Rings.Interval));
        plan.Ring.NextBorn.ShouldBe(Rings.Now);
        plan.Ring.Version.ShouldBe(1);
        plan.Ring.ShouldHold("fresh-1", "fresh-2");
        plan.Ring.Epoch.ShouldBe(Rings.KeyId("fresh-3"));
        plan.ShouldKill("lost");
    }

    [Theory]
    [InlineData("current")]
    [InlineData("next")]
    public void A_dead_key_neither_retires_nor_takes_over_when_the_secret_is_gone_at_the_deadline(string dead)
    {
        foreach (var reading in new[] { Rings.Read(SecretSlot.Absent, Rings.Ring(0), dead), Rings.Read(SecretSlot.Absent, Rings.Ring(0)) })
        {
            var plan = Rings.Decide(reading, dead).Plan!;

            plan.Action.ShouldBe(RingAction.Rotate);
            plan.Ring.KeyIds().ShouldNotContain(Rings.KeyId(dead));
        }
    }

    [Theory]
    [InlineData(Tolerance)]
    [InlineData(-Tolerance)]
    public void A_TTL_that_differs_by_the_width_of_a_clock_tick_means_nothing(long by) =>
        Rings.Decide(Rings.Read(Rings.Holding("current", Half + by), Rings.Ring())).Action.ShouldBe(RingAction.None);

    [Fact]
    public void The_time_of_its_creation_follows_a_key_and_is_unknown_for_a_key_that_came_from_elsewhere()
    {
        var created = Rings.Decide(Rings.Read(SecretSlot.Absent, null)).Plan!.Ring;
        var rotated = Rings.Decide(Gone(0) with { Ring = Rings.Ring(0) with { CurrentBorn = new(5) } }).Plan!.Ring;
        var adopted = Rings.Decide(Alone("mine", null)).Plan!.Ring;
        var replaced = Rings.Decide(Held("mine", null) with { Ring = Rings.Ring() with { CurrentBorn = new(5) } }).Plan!.Ring;
        var kept = Rings.Decide(Held("current", null, -5_000) with { Ring = Rings.Ring() with { CurrentBorn = new(5) } }).Plan!.Ring;

        created.CurrentBorn.ShouldBe(Rings.Now);
        (rotated.CurrentBorn, rotated.NextBorn, rotated.Retired[^1].Born, rotated.Retired[0].Born).ShouldBe((Rings.Ring().NextBorn, Rings.Now, new StoreTime(5), StoreTime.Unknown));
        (adopted.CurrentBorn, adopted.NextBorn).ShouldBe((StoreTime.Unknown, Rings.Now));
        replaced.CurrentBorn.ShouldBe(StoreTime.Unknown);
        kept.CurrentBorn.ShouldBe(new(5));
    }

    [Fact]
    public void No_instance_rotates_before_the_lead() =>
        Rings.Decide(Rings.Read(Rings.Holding("current", Rings.Lead + 1), Rings.Ring(Rings.Lead + 1))).Action.ShouldBe(RingAction.None);

    private static RingReading Gone(long deadlineIn) => Rings.Read(SecretSlot.Absent, Rings.Ring(deadlineIn));

    private static RingReading Held(string secret, long? timeToLive, long deadlineIn = Half) =>
        Rings.Read(Rings.Holding(secret, timeToLive), Rings.Ring(deadlineIn));

    private static RingReading Alone(string secret, long? timeToLive) => Rings.Read(Rings.Holding(secret, timeToLive), null);

    private static string[] Words(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The names of keys stand apart by spaces; those of the ring are the current one, the next one and the retired ones.</summary>
    private sealed record Case(
        RingReading Reading,
        RingAction Action,
        string Hold,
        string Kill = "",
        string? Secret = null,
        long? ExpireIn = null,
        long? DeadlineIn = null,
        string Remembered = "");
}
