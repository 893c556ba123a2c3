namespace Rewt.Internal;

/// <summary>What a reading means: a plan to carry out, or none; and whether the value can be used at all.</summary>
/// <param name="Plan">What to write; <see langword="null"/> when nothing is to be done.</param>
/// <param name="Problem">Why there is no usable secret; <see langword="null"/> when there is one or the plan makes one.</param>
internal readonly record struct RingVerdict(RingPlan? Plan, string? Problem)
{
    public RingAction Action => Plan?.Action ?? RingAction.None;
}
