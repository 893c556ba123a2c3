namespace Rewt.Internal;

/// <summary>Opens the store of a namespace; opening reaches no server.</summary>
internal interface IRingStoreFactory
{
    IRingStore Open(RewtOptions options);

    ITenantStore OpenTenants(RewtOptions options);
}
