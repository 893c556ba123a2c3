namespace Rewt.Internal;

/// <summary>
/// The states of a tenant before and after a command that creates, revokes or deletes it. If the command changed nothing, the states are equal.
/// </summary>
internal readonly record struct TenantChange(TenantState Before, TenantState After);
