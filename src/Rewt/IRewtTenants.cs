namespace Rewt;

/// <summary>
/// Signs and verifies tokens and data for a single tenant (for example a customer of the application), and revokes, deletes and re-creates tenants.
/// The keys of each tenant are derived from the namespace's secret, so a leaked key of a tenant affects this tenant only.
/// </summary>
/// <remarks>
/// Available if <see cref="RewtOptions.Tenants"/> are enabled. For a named scheme, resolve this interface as a keyed service with the scheme's name.
/// </remarks>
public interface IRewtTenants
{
    /// <summary>
    /// Gets the tokens of a tenant. Tokens signed for another tenant are refused. A tenant needs no preparation: any name can be used, unless the
    /// tenant is deleted.
    /// </summary>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>; case-sensitive.</param>
    /// <returns>The service that creates and verifies tokens of this tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtTokens Tokens(string tenant);

    /// <summary>Gets the signed data of a tenant. Data signed for another tenant is refused.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <returns>The service that signs and verifies data of this tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtSignedData SignedData(string tenant);

    /// <summary>Ends the deletion of a tenant. Earlier tokens stay revoked. A tenant that is not deleted is left unchanged.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The tenant may still be created.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant. Every instance refuses the tokens that were signed for the tenant before: at once when the push message arrives, otherwise
    /// within one <see cref="RewtOptions.RefreshInterval"/>. The next token for the tenant is signed with a new key.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The revocation may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant as <see cref="RevokeTenantAsync"/> does. Until <see cref="CreateTenantAsync"/>, signing for the tenant throws an
    /// <see cref="InvalidOperationException"/>, and no token of the tenant is accepted.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait. The deletion may still take place.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default);
}
