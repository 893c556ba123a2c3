namespace Rewt.Internal;

/// <summary>The implementation of <see cref="IRewtTenants"/>.</summary>
internal sealed class RewtTenants(TenantRings rings, TokenSigners signers, RewtTokens tokens) : IRewtTenants
{
    public IRewtTokens Tokens(string tenant) => Of(tenant);

    public IRewtSignedData SignedData(string tenant) => Of(tenant);

    public Task CreateTenantAsync(string tenant, CancellationToken cancellationToken = default) => rings.CreateAsync(TenantName.Require(tenant), cancellationToken);

    public Task RevokeTenantAsync(string tenant, CancellationToken cancellationToken = default) => rings.RevokeAsync(TenantName.Require(tenant), cancellationToken);

    public Task DeleteTenantAsync(string tenant, CancellationToken cancellationToken = default) => rings.DeleteAsync(TenantName.Require(tenant), cancellationToken);

    private RewtTokens Of(string tenant) => tokens.For(TenantName.Require(tenant), signers.For(tenant));
}
