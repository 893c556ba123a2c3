namespace Rewt.Internal;

/// <summary>The state of a tenant before and after a change of it. The two are equal if nothing was changed.</summary>
internal readonly record struct TenantChange(TenantGeneration Before, TenantGeneration After);
