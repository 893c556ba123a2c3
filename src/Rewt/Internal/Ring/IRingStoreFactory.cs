namespace Rewt.Internal;

/// <summary>Opens the store of a namespace; opening reaches no server.</summary>
internal interface IRingStoreFactory
{
    IRingStore Open(RewtOptions options);

    /// <summary>Opens the rings of a namespace's tenants, where the store has such.</summary>
    ITenantStore OpenTenants(RewtOptions options) => throw new NotSupportedException("This store keeps no rings of tenants.");
}
