namespace Rewt;

/// <summary>
/// The tenants of a namespace (<see cref="RewtOptions.Tenants"/>), each with a key ring of its own: a leaked secret harms one of them. A named scheme's
/// tenants are the keyed service of the scheme's name.
/// </summary>
public interface IRewtTenants
{
    /// <summary>
    /// Signs for a tenant and verifies what was signed for it; what another tenant signed is refused. Signing makes the tenant's ring if there is none,
    /// verifying never does.
    /// </summary>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>; case matters.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is no name.</exception>
    IRewtTokens Tokens(string tenant);

    /// <summary>Makes a tenant's ring; one that is there stays as it is.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Ends the waiting; the ring may be made all the same.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is no name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Kills all keys of a tenant: nothing that was signed for it verifies any more, on any instance, at once where the push arrives and within one refresh
    /// interval whatever happens to it. Whoever signs for the tenant next signs with a fresh key. A tenant that does not exist stays so.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may happen all the same.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is no name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Kills all keys of a tenant like <see cref="RevokeTenantAsync"/> and takes its ring away. What was signed stays dead, even if the tenant is created again;
    /// signing for it creates it again.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Ends the waiting; the deletion may happen all the same.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is no name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be reached or does not let this service write.</exception>
    Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default);
}
