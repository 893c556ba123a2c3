namespace Rewt.Internal;

/// <summary>Opens the stores of a namespace; opening reaches no server.</summary>
internal interface IRingStoreFactory
{
    IRingStore Open(RewtOptions options);

    /// <summary>Opens the rings of a namespace's tenants.</summary>
    /// <exception cref="NotSupportedException">There is no place for tenants here.</exception>
    ITenantStore OpenTenants(RewtOptions options) => throw new NotSupportedException("This store keeps no rings of tenants; set Rewt:Tenants to false.");

    /// <exception cref="NotSupportedException">There is no place for public keys here.</exception>
    IPairStore OpenPairs(RewtOptions options) => throw new NotSupportedException("This store holds shared secrets only; set Rewt:KeyMode to SharedSecret.");
}
