namespace Rewt;

/// <summary>
/// The tenants of a namespace (<see cref="RewtOptions.Tenants"/>). Each tenant has its own key ring, so a leaked secret affects one tenant only.
/// Resolve it as a keyed service with the scheme's name to get the tenants of a named scheme.
/// </summary>
public interface IRewtTenants
{
    /// <summary>
    /// Gets the tokens of a tenant. Tokens signed for another tenant are refused. Signing creates the tenant's key ring if there is none; verifying
    /// never does.
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

    /// <summary>Creates the key ring of a tenant. An existing ring is left unchanged.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The ring may still be created.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant. No token signed for it before verifies again, on any instance: at once where the push message arrives, otherwise
    /// within one refresh interval. The next token for the tenant is signed with a new key. A tenant that does not exist is not created.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant as <see cref="RevokeTenantAsync"/> does, and deletes its key ring. Signing for the tenant creates a new ring.
    /// Earlier tokens stay revoked, even after that.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The deletion may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default);
}
