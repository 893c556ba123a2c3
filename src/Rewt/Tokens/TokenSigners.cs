namespace Rewt.Internal;

/// <summary>
/// Returns the <see cref="TokenSigner"/> for a token. If tenants are enabled, the signer of the tenant is returned. Otherwise, the signer of the
/// namespace is returned.
/// </summary>
internal sealed class TokenSigners(KeyRingProvider ring, RewtOptions options, TimeProvider time, RingMetrics metrics)
{
    private readonly TokenSigner _own = new(ring, options, time) { Metrics = metrics };

    /// <exception cref="InvalidOperationException">Tenants are enabled but no tenant is given, or tenants are not enabled but a tenant is
    /// given.</exception>
    /// <exception cref="ArgumentException">The tenant is not a valid name.</exception>
    public TokenSigner For(string? tenant)
    {
        if (ring.Tenants is not { } tenants)
        {
            return tenant is null ? _own : throw new InvalidOperationException(
                $"The namespace '{options.Namespace}' has no tenants. Set {options.Section}:Tenants:Enabled to true, or do not specify a tenant.");
        }

        if (tenant is null)
        {
            throw new InvalidOperationException(
                $"{options.Section}:Tenants:Enabled is true in the namespace '{options.Namespace}', but this token has no tenant. Use IRewtTenants.Tokens(tenant), request.SetRewtTenant(tenant) or AddRewtTenantSelector.");
        }

        return new TokenSigner(new TenantSigningKeys(ring, tenants, TenantName.Require(tenant)), options, time) { Tenant = tenant, Metrics = metrics };
    }
}
