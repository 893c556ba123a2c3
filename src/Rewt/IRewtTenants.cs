namespace Rewt;

/// <summary>
/// The tenants of a namespace (<see cref="RewtOptions.Tenants"/>). The keys of each tenant are derived from the namespace's secret, so a leaked key of
/// a tenant affects this tenant only. Resolve it as a keyed service with the scheme's name to get the tenants of a named scheme.
/// </summary>
public interface IRewtTenants
{
    /// <summary>
    /// Gets the tokens of a tenant. Tokens signed for another tenant are refused. A tenant needs no preparation: any name that is not deleted signs
    /// and verifies.
    /// </summary>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>; case-sensitive.</param>
    /// <returns>Signs and verifies for this tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtTokens Tokens(string tenant);

    /// <summary>Gets the signed data of a tenant. Data signed for another tenant is refused.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <returns>Signs and verifies for this tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtSignedData SignedData(string tenant);

    /// <summary>Ends the deletion of a tenant. Earlier tokens stay revoked. A tenant that is not deleted is left unchanged.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The tenant may still be created.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant. No token signed for it before verifies again, on any instance: at once where the push message arrives, otherwise
    /// within one refresh interval. The next token for the tenant is signed with a new key.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant as <see cref="RevokeTenantAsync"/> does. Until <see cref="CreateTenantAsync"/>, signing for the tenant throws an
    /// <see cref="InvalidOperationException"/>, and no token of it is accepted.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The deletion may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default);
}
