namespace Rewt.Tests.Ring;

/// <summary>Rows of the state machine in which Redis holds a secret that is not the ring's own.</summary>
public sealed class RingAdoptionTests
{
    private const long Half = Rings.Interval / 2;

    [Theory]
    [InlineData(0)]
    [InlineData(RingSchedule.Tolerance)]
    [InlineData(-90_000)]
    public void A_secret_that_Node_made_at_the_deadline_is_kept_with_its_TTL(long deadlineIn)
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("node", 50_000), Rings.Ring(deadlineIn))).Plan!;

        plan.ShouldBe(RingAction.AdoptRotation);
        plan.Ring.Deadline.ShouldBe(Rings.Now + 50_000);
        plan.Ring.ShouldHold("node", "next", "retired", "current");
        plan.Ring.NextBorn.ShouldBe(Rings.Ring().NextBorn);
        plan.ShouldKill();
    }

    [Fact]
    public void A_dead_current_key_does_not_retire_when_Node_made_the_next()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("node", 50_000), Rings.Ring(0)), "current").Plan!;

        plan.Ring.ShouldHold("node", "next", "retired");
        plan.ShouldKill("current");
    }

    [Fact]
    public void A_secret_of_Node_that_is_our_next_is_current_and_another_next_follows()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("next", 50_000), Rings.Ring(0))).Plan!;

        plan.Action.ShouldBe(RingAction.AdoptRotation);
        plan.Ring.ShouldHold("next", "fresh-1", "retired", "current");
        plan.Ring.NextBorn.ShouldBe(Rings.Now);
    }

    [Fact]
    public void A_secret_of_Node_that_had_retired_is_current_again()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("retired", 50_000), Rings.Ring(0))).Plan!;

        plan.Ring.ShouldHold("retired", "next", "current");
    }

    [Theory]
    [InlineData(Half, null)]
    [InlineData(Half, 50_000L)]
    [InlineData(RingSchedule.Tolerance + 1, 50_000L)]
    [InlineData(-90_000L, null)]
    public void A_secret_set_by_hand_kills_all_others_and_gets_a_TTL(long deadlineIn, long? timeToLive)
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("mine", timeToLive), Rings.Ring(deadlineIn))).Plan!;

        plan.ShouldBe(RingAction.Replace, expireIn: Rings.Interval);
        plan.Ring.Deadline.ShouldBe(Rings.Now + Rings.Interval);
        plan.Ring.ShouldHold("mine", "fresh-1");
        plan.ShouldKill("current", "next", "retired");
    }

    [Theory]
    [InlineData("next", "current", "retired")]
    [InlineData("retired", "current", "next")]
    public void A_live_key_set_by_hand_lives_and_the_others_die(string set, string firstDead, string secondDead)
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding(set, null), Rings.Ring())).Plan!;

        plan.Action.ShouldBe(RingAction.Replace);
        plan.Ring.ShouldHold(set, "fresh-1");
        plan.ShouldKill(firstDead, secondDead);
    }

    [Fact]
    public void A_secret_set_over_a_useless_value_is_taken()
    {
        var refused = new RingState("epoch", 8, null, Rings.Now - 1, null, 0, []);

        var plan = Rings.Decide(Rings.Read(Rings.Holding("mine", 50_000), refused, "current")).Plan!;

        plan.Action.ShouldBe(RingAction.Replace);
        plan.Ring.ShouldHold("mine", "fresh-1");
    }

    [Fact]
    public void A_secret_without_a_ring_is_adopted_with_its_TTL()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("node", 50_000), null), "lost").Plan!;

        plan.ShouldBe(RingAction.Adopt);
        plan.Ring.Deadline.ShouldBe(Rings.Now + 50_000);
        plan.Ring.ShouldHold("node", "fresh-1");
        plan.Ring.Epoch.ShouldBe(Rings.KeyId("fresh-2"));
        plan.ShouldKill("lost");
    }

    [Fact]
    public void A_secret_without_a_ring_and_a_TTL_gets_one()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("node", null), null)).Plan!;

        plan.Action.ShouldBe(RingAction.Adopt);
        plan.ExpireAt.ShouldBe(Rings.Now + Rings.Interval);
        plan.Ring.Deadline.ShouldBe(Rings.Now + Rings.Interval);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dead_secret_that_is_set_again_is_replaced_by_a_fresh_one(bool storeKnows)
    {
        string[] stored = storeKnows ? ["back"] : [];
        string[] remembered = storeKnows ? [] : ["back"];

        var withRing = Rings.Decide(Rings.Read(Rings.Holding("back", 50_000), Rings.Ring(), stored), remembered).Plan!;
        withRing.ShouldBe(RingAction.ReplaceRevoked, secret: "fresh-1", expireIn: Rings.Interval);
        withRing.Ring.ShouldHold("fresh-1", "fresh-2");
        withRing.ShouldKill(["current", "next", "retired", .. remembered]);

        var without = Rings.Decide(Rings.Read(Rings.Holding("back", 50_000), null, stored), remembered).Plan!;
        without.Action.ShouldBe(RingAction.ReplaceRevoked);
        without.SetSecret.ShouldBe(Rings.Secret("fresh-1"));
        without.Ring.ShouldHold("fresh-1", "fresh-2");
    }

    [Fact]
    public void A_current_key_known_to_be_dead_is_followed_by_the_next()
    {
        var plan = Rings.Decide(Rings.Read(Rings.Holding("current", Half), Rings.Ring()), "current").Plan!;

        plan.Action.ShouldBe(RingAction.ReplaceRevoked);
        plan.SetSecret.ShouldBe(Rings.Secret("next"));
        plan.Ring.ShouldHold("next", "fresh-1", "retired");
        plan.ShouldKill("current");
    }
}
