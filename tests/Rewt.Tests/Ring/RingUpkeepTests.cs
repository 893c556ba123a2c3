namespace Rewt.Tests.Ring;

/// <summary>Tests the maintenance of a ring with a valid secret, and the commands of an operator.</summary>
public sealed class RingUpkeepTests
{
    private static readonly SecretSlot Slot = Rings.Slot("current", Rings.Interval / 2);

    [Fact]
    public void An_expired_revocation_is_not_written_back_to_the_store()
    {
        var known = Rings.NoRevocations.Add(Rings.KeyId("long ago"), Rings.Now);

        RotationPolicy.Decide(Rings.Read(Slot, Rings.Ring()), Rings.Schedule, known, Rings.Fresh()).Plan.ShouldBeNull();
    }

    [Fact]
    public void A_retired_key_is_removed_when_its_last_token_has_expired()
    {
        var plan = Rings.Decide(Rings.Read(Slot, WithRetiredUntil(Rings.Now))).Plan!;

        plan.Action.ShouldBe(RingAction.Tidy);
        plan.SetSecret.ShouldBeNull();
        plan.Ring.ShouldContainKeys("current", "next");
        plan.ShouldRevoke();
        Rings.Decide(Rings.Read(Slot, WithRetiredUntil(Rings.In(1)))).Plan.ShouldBeNull();
    }

    [Fact]
    public void A_rotation_on_demand_makes_the_pending_key_current()
    {
        var plan = RotationPolicy.Rotate(Rings.Read(Slot, Rings.Ring()), Rings.Schedule, Rings.Fresh());

        plan.ShouldBe(RingAction.Rotate, secret: "next", expireIn: Rings.Interval);
        plan.Ring.ShouldContainKeys("next", "fresh-1", "retired", "current");
        plan.Ring.Version.ShouldBe(8);
    }

    [Theory]
    [InlineData("current", "next", "fresh-1", "retired", true)]
    [InlineData("next", "current", "fresh-1", "retired", false)]
    [InlineData("retired", "current", "next", null, false)]
    [InlineData("stranger", "current", "next", "retired", false)]
    public void Revoking_a_key_in_any_state_removes_it_from_the_ring(string revoked, string current, string next, string? retired, bool isReplaced)
    {
        var plan = RotationPolicy.Revoke(Rings.Read(Slot, Rings.Ring()), Rings.Schedule, Rings.KeyId(revoked), Rings.Fresh());

        plan.Action.ShouldBe(RingAction.Revoke);
        plan.Ring.ShouldContainKeys(current, next, retired is null ? [] : [retired]);
        plan.SetSecret.ShouldBe(isReplaced ? Rings.Secret("next") : null);
        plan.ExpireAt.ShouldBe(isReplaced ? Rings.In(Rings.Interval) : null);
        plan.ShouldRevoke(revoked);
    }

    [Fact]
    public void Retention_covers_the_longest_token_lifetime_regardless_of_the_rotation_interval()
    {
        static RingSchedule Every(TimeSpan interval) => RingSchedule.From(new RewtOptions
        {
            RotationInterval = interval,
            RefreshInterval = TimeSpan.FromSeconds(1),
            MaxTokenLifetime = TimeSpan.FromMinutes(10),
            ClockSkew = TimeSpan.FromSeconds(20),
        });

        Every(TimeSpan.FromSeconds(10)).Retention.ShouldBe(TimeSpan.FromSeconds(600 + 20 + 2 + 1));
        Every(TimeSpan.FromDays(30)).Retention.ShouldBe(Every(TimeSpan.FromSeconds(10)).Retention);
        Every(TimeSpan.FromSeconds(10)).Lead.ShouldBe(TimeSpan.FromSeconds(1));
        Every(TimeSpan.FromDays(30)).Lead.ShouldBe(TimeSpan.FromSeconds(2));
        Every(TimeSpan.FromDays(30)).RevocationRetention.ShouldBeGreaterThan(TimeSpan.FromDays(60));
    }

    private static RingState WithRetiredUntil(StoreTime until) => Rings.Ring() with { Retired = [new RetiredKey(Rings.Secret("retired"), until)] };
}
