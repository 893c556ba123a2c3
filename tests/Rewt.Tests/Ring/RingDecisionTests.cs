namespace Rewt.Tests.Ring;

/// <summary>A test for each row of the state machine.</summary>
public sealed class RingDecisionTests
{
    private const long Half = Rings.Interval / 2;

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
        verdict.Problem!.ShouldContain("another type than a string");
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
        plan.ExpireAt.ShouldBe(Rings.Now + Rings.Interval);
        plan.Ring.Deadline.ShouldBe(Rings.Now + Rings.Interval);
        plan.Ring.NextBorn.ShouldBe(Rings.Now);
        plan.Ring.Version.ShouldBe(1);
        plan.Ring.ShouldHold("fresh-1", "fresh-2");
        plan.Ring.Epoch.ShouldBe(Rings.KeyId("fresh-3"));
        plan.ShouldKill("lost");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(RingSchedule.Tolerance)]
    [InlineData(-Rings.Interval)]
    public void A_secret_gone_at_the_deadline_is_followed_by_the_next(long deadlineIn)
    {
        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, Rings.Ring(deadlineIn))).Plan!;

        plan.ShouldBe(RingAction.Rotate, secret: "next", expireIn: Rings.Interval);
        plan.Ring.ShouldHold("next", "fresh-1", "retired", "current");
        plan.Ring.Retired[^1].Until.ShouldBe(Rings.Now + Rings.Schedule.Retention);
        plan.Ring.Epoch.ShouldBe("epoch");
        plan.Ring.Version.ShouldBe(8);
        plan.ShouldKill();
    }

    [Fact]
    public void A_secret_gone_at_the_deadline_without_a_next_is_followed_by_a_fresh_one()
    {
        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, Rings.Ring(0) with { Next = null })).Plan!;

        plan.Ring.ShouldHold("fresh-1", "fresh-2", "retired", "current");
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
    [InlineData(RingSchedule.Tolerance + 1)]
    [InlineData(Half)]
    public void A_secret_deleted_before_the_deadline_kills_all_keys(long deadlineIn)
    {
        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, Rings.Ring(deadlineIn))).Plan!;

        plan.ShouldBe(RingAction.Invalidate, secret: "fresh-1", expireIn: Rings.Interval);
        plan.Ring.ShouldHold("fresh-1", "fresh-2");
        plan.Ring.Epoch.ShouldBe("epoch");
        plan.ShouldKill("current", "next", "retired");
    }

    [Fact]
    public void A_useless_value_that_is_deleted_makes_room_for_a_fresh_secret()
    {
        var refused = new RingState("epoch", 8, null, Rings.Now, null, 0, []);

        var plan = Rings.Decide(Rings.Read(SecretSlot.Absent, refused, "current")).Plan!;

        plan.Action.ShouldBe(RingAction.Invalidate);
        plan.Ring.ShouldHold("fresh-1", "fresh-2");
    }

    [Fact]
    public void A_lost_TTL_is_put_back()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("current", null), Rings.Ring())).Plan!;

        plan.ShouldBe(RingAction.RestoreTimeToLive, expireIn: Half);
        plan.Ring.ShouldHold("current", "next", "retired");
    }

    [Fact]
    public void A_TTL_that_is_no_time_to_rotate_is_replaced()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("current", long.MaxValue / 2), Rings.Ring())).Plan!;

        plan.Action.ShouldBe(RingAction.RestoreTimeToLive);
        plan.ExpireAt.ShouldBe(Rings.Now + Half);
        Rings.Decide(Rings.Read(Rings.Holding("current", long.MaxValue / 2), null)).Plan!.ExpireAt.ShouldBe(Rings.Now + Rings.Interval);
    }

    [Theory]
    [InlineData(RingSchedule.Tolerance + 1)]
    [InlineData(Rings.Interval * 3)]
    [InlineData(-RingSchedule.Tolerance - 1)]
    [InlineData(-Half / 2)]
    public void A_TTL_that_somebody_moved_moves_the_deadline(long by)
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("current", Half + by), Rings.Ring())).Plan!;

        plan.ShouldBe(RingAction.MoveDeadline);
        plan.Ring.Deadline.ShouldBe(Rings.Now + Half + by);
        plan.Ring.ShouldHold("current", "next", "retired");
    }

    [Theory]
    [InlineData(RingSchedule.Tolerance)]
    [InlineData(-RingSchedule.Tolerance)]
    public void A_TTL_that_differs_by_the_width_of_a_clock_tick_means_nothing(long by) =>
        Rings.Decide(Rings.Read(Rings.Holding("current", Half + by), Rings.Ring())).Action.ShouldBe(RingAction.None);

    [Theory]
    [InlineData(Rings.Lead, Rings.Lead)]
    [InlineData(10L, 10L)]
    [InlineData(-5_000L, null)]
    [InlineData(Half, 1_000L)]
    public void The_next_key_takes_over_before_the_TTL_ends(long deadlineIn, long? timeToLive)
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("current", timeToLive), Rings.Ring(deadlineIn))).Plan!;

        plan.ShouldBe(RingAction.Rotate, secret: "next", expireIn: Rings.Interval);
        plan.Ring.ShouldHold("next", "fresh-1", "retired", "current");
        plan.ShouldKill();
    }

    [Fact]
    public void Nobody_rotates_before_the_lead() =>
        Rings.Decide(Rings.Read(Rings.Holding("current", Rings.Lead + 1), Rings.Ring(Rings.Lead + 1))).Action.ShouldBe(RingAction.None);

    [Fact]
    public void A_deadline_that_was_moved_away_in_time_does_not_rotate() =>
        Rings.Decide(Rings.Read(Rings.Holding("current", Half), Rings.Ring(Rings.Lead))).Action.ShouldBe(RingAction.MoveDeadline);
}
