namespace Rewt.Internal;

/// <summary>
/// The decision of <see cref="RotationPolicy"/> on one reading of the ring: the change to write, if any, and the problem if there is no usable
/// secret.
/// </summary>
/// <param name="Plan">The write to make; <see langword="null"/> when none is due.</param>
/// <param name="Problem">The reason why there is no usable secret; <see langword="null"/> when there is one or the plan creates one.</param>
internal readonly record struct RotationDecision(RingChange? Plan, string? Problem)
{
    public RingAction Action => Plan?.Action ?? RingAction.None;
}
