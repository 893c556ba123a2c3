namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown if a token is to be signed for a deleted tenant. After this exception, an HTTP request that a receiver has refused is not
/// retried.
/// </summary>
internal sealed class TenantDeletedException(TenantId tenant)
    : InvalidOperationException($"The tenant '{tenant.Name}' of '{tenant.Namespace}' is deleted. To create the tenant again, call IRewtTenants.CreateTenantAsync.");
