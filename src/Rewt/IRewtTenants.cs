namespace Rewt;

/// <summary>
/// Signs and verifies tokens and data for a single tenant (for example a customer of the application), and revokes, deletes and re-creates tenants.
/// The keys of each tenant are derived from the secret of the namespace. If a key of one tenant leaks, other tenants are not affected.
/// </summary>
/// <remarks>
/// Tenants must be enabled in <see cref="RewtOptions.Tenants"/>. To use the tenants of a named scheme, resolve this interface as a keyed service with
/// the scheme's name.
/// </remarks>
public interface IRewtTenants
{
    /// <summary>
    /// Gets the service that creates and verifies bearer tokens of one tenant. The service refuses tokens of other tenants. A tenant does not need to
    /// be created first: every valid name can be used, except the name of a deleted tenant.
    /// </summary>
    /// <param name="tenant">The tenant's name: 1 to 128 letters, digits, <c>.</c> <c>_</c> <c>-</c>; case-sensitive.</param>
    /// <returns>The token service of the tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtTokens Tokens(string tenant);

    /// <summary>Gets the service that signs and verifies data of one tenant. The service refuses data that was signed for another tenant.</summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <returns>The data service of the tenant.</returns>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    IRewtSignedData SignedData(string tenant);

    /// <summary>
    /// Makes a deleted tenant usable again. Tokens that were signed before the deletion stay revoked. The call has no effect on a
    /// <paramref name="tenant"/> that is not deleted.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant. Every instance refuses the <paramref name="tenant"/>'s earlier tokens as soon as the push message arrives. An
    /// instance that misses the message refuses the earlier tokens within one <see cref="RewtOptions.RefreshInterval"/>. The next token for the tenant
    /// is signed with a new key.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes all keys of a tenant as <see cref="RevokeTenantAsync"/> does, and prevents the creation of new keys for the tenant. Until
    /// <see cref="CreateTenantAsync"/> is called, signing for the tenant throws an <see cref="InvalidOperationException"/>, and no token of the tenant
    /// is accepted.
    /// </summary>
    /// <param name="tenant">The tenant's name.</param>
    /// <param name="cancellationToken">Cancels the wait, but not a write that was already sent to Redis.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a valid name.</exception>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default);
}
