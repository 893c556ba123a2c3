namespace Rewt.Internal;

/// <summary>
/// A request feature: why the token of an authenticated caller does not meet the endpoint's <see cref="TokenRequirement"/>. <see cref="RewtHandler"/>
/// then answers 401 with this reason instead of 403.
/// </summary>
internal sealed record UnmetRequirement(RefusalReason Reason);
