namespace Rewt.Internal;

/// <summary>
/// A request feature with the reason why the token of an authenticated caller does not meet the <see cref="TokenRequirement"/> of the endpoint. If
/// the feature is set, <see cref="RewtHandler"/> answers with status 401 and the reason, instead of status 403.
/// </summary>
internal sealed record UnmetRequirement(RefusalReason Reason);
