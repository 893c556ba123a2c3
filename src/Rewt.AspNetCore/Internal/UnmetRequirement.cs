namespace Rewt.Internal;

/// <summary>Request feature: the requirement of the endpoint that the token of an authenticated caller does not meet. The challenge states it.</summary>
internal sealed record UnmetRequirement(RefusalReason Reason);
