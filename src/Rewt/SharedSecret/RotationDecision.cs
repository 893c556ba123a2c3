namespace Rewt.Internal;

/// <summary>
/// The decision of <see cref="RotationPolicy"/> on one reading of the ring: the change to write, if any, and the problem if there is no usable
/// secret.
/// </summary>
/// <param name="Plan">The change to write; <see langword="null"/> if no change is due.</param>
/// <param name="Problem">The reason why there is no usable secret; <see langword="null"/> if there is a usable secret, or if <paramref name="Plan"/>
/// creates one.</param>
internal readonly record struct RotationDecision(RingChange? Plan, string? Problem);
