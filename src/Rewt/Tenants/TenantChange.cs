namespace Rewt.Internal;

/// <summary>A change of a tenant's state. The states are equal if nothing was changed.</summary>
internal readonly record struct TenantChange(TenantGeneration Before, TenantGeneration After);
