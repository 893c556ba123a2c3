namespace Rewt.Internal;

/// <summary>
/// Returns the <see cref="TokenSigner"/> for a token: that of the namespace, or, where each tenant has keys of its own, that of the tenant.
/// </summary>
internal sealed class TokenSigners(KeyRingProvider ring, RewtOptions options, TimeProvider time, RingMetrics metrics)
{
    private readonly TokenSigner _own = new(ring, options, time) { Metrics = metrics };

    /// <exception cref="InvalidOperationException">A tenant is missing, or was given where there are none.</exception>
    /// <exception cref="ArgumentException">The tenant is not a valid name.</exception>
    public TokenSigner For(string? tenant)
    {
        if (ring.Tenants is not { } tenants)
        {
            return tenant is null ? _own : throw new InvalidOperationException(
                $"The namespace '{options.Namespace}' has no tenants. Set Rewt:Tenants:Enabled to true, or do not specify a tenant.");
        }

        if (tenant is null)
        {
            throw new InvalidOperationException(
                $"Rewt:Tenants:Enabled is true in the namespace '{options.Namespace}', but this token has no tenant. Use IRewtTenants.Tokens(tenant), request.SetRewtTenant(tenant) or AddRewtTenantSelector.");
        }

        return new TokenSigner(new TenantSigningKeys(ring, tenants, TenantName.Require(tenant)), options, time) { Tenant = tenant, Metrics = metrics };
    }
}
