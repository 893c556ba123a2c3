namespace Rewt.Internal;

/// <summary>Identifies a tenant by its namespace and its name.</summary>
internal readonly record struct TenantId(string Namespace, string Name);
