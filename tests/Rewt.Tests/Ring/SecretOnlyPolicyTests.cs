namespace Rewt.Tests.Ring;

/// <summary>Tests which changes of the secret an instance that may read only the secret treats as a rotation.</summary>
public sealed class SecretOnlyPolicyTests
{
    private const long Tolerance = 50;
    private const long Interval = Rings.Interval;

    [Theory]
    [InlineData(Rings.Lead)]
    [InlineData(Rings.Lead + Tolerance)]
    [InlineData(Rings.Lead / 2)]
    [InlineData(0)]
    [InlineData(-5_000)]
    public void The_old_secret_retires_if_another_instance_has_rotated_it(long deadlineIn)
    {
        var plan = Decide(Rings.Slot("new", Interval), deadlineIn);

        plan.Action.ShouldBe(RingAction.AdoptRotation);
        plan.ShouldRevoke();
        plan.Ring.ShouldContainKeys("new", null, "retired", "current");
    }

    [Theory]
    [InlineData("new", Interval, Rings.Lead + Tolerance + 1)]
    [InlineData("new", null, Rings.Lead)]
    public void All_other_keys_are_revoked_if_an_operator_has_set_a_secret(string name, long? timeToLive, long deadlineIn)
    {
        var plan = Decide(Rings.Slot(name, timeToLive), deadlineIn);

        plan.Action.ShouldBe(RingAction.Replace);
        plan.ShouldRevoke("current", "retired");
        plan.Ring.ShouldContainKeys(name, null);
    }

    [Theory]
    [InlineData(Rings.Lead, false)]
    [InlineData(Tolerance + 1, false)]
    [InlineData(Tolerance, true)]
    public void A_missing_secret_counts_as_a_rotation_only_at_the_deadline(long deadlineIn, bool isRotation)
    {
        var plan = Decide(SecretSlot.Absent, deadlineIn);

        plan.Action.ShouldBe(isRotation ? RingAction.Rotate : RingAction.Invalidate);
        plan.ShouldRevoke(isRotation ? [] : ["current", "retired"]);
    }

    private static RingChange Decide(SecretSlot slot, long deadlineIn)
    {
        var reading = Rings.Read(slot, Rings.Ring(deadlineIn) with { Next = null, NextBorn = default }) with { IsDegraded = true };
        return SecretOnlyPolicy.Decide(reading, Rings.Schedule, Rings.NoRevocations, Rings.Fresh()).Plan!;
    }
}
