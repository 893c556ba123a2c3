namespace Rewt.Internal;

/// <summary>
/// The implementation of the public service <see cref="IRewtTenants"/>, by which an application signs and verifies for one tenant, and creates,
/// revokes and deletes tenants.
/// </summary>
internal sealed class RewtTenants(TenantCache tenants, TokenSigners signers, RewtTokens tokens) : IRewtTenants
{
    public IRewtTokens Tokens(string tenant) => Of(tenant);

    public IRewtSignedData SignedData(string tenant) => Of(tenant);

    public Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default) =>
        tenants.ChangeAsync(TenantName.Require(tenant), static (state, now) => state.Create(now), cancellationToken);

    public Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default) =>
        tenants.ChangeAsync(TenantName.Require(tenant), static (state, now) => state.Revoke(now), cancellationToken);

    public Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default) =>
        tenants.ChangeAsync(TenantName.Require(tenant), static (state, now) => state.Delete(now), cancellationToken);

    private RewtTokens Of(string tenant) => tokens.For(TenantName.Require(tenant), signers.For(tenant));
}
