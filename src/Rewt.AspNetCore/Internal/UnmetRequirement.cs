namespace Rewt.Internal;

/// <summary>The feature of a request whose token is valid, but not what the endpoint requires. The challenge states it.</summary>
internal sealed record UnmetRequirement(RefusalReason Reason);
