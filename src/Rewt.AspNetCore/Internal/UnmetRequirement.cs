namespace Rewt.Internal;

/// <summary>
/// A request feature with the requirement of the endpoint that an authenticated caller's token does not meet. <see cref="TokenRequirement"/> sets it,
/// and the challenge states it.
/// </summary>
internal sealed record UnmetRequirement(RefusalReason Reason);
