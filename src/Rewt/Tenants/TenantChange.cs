namespace Rewt.Internal;

/// <summary>The state of a tenant before and after a command that creates, revokes or deletes it. The two are equal if nothing was changed.</summary>
internal readonly record struct TenantChange(TenantState Before, TenantState After);
