namespace Rewt;

/// <summary>
/// Settings that turn on separate keys for each tenant (or each user), derived from the secret of the namespace, and limit how many tenants are held
/// in memory. See <see cref="IRewtTenants"/>.
/// </summary>
public sealed class RewtTenantOptions
{
    /// <summary>
    /// Derive keys for each tenant. A token names its tenant in the claim <c>tenant</c>; a token without that claim is refused.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Enabled { get; set; }

    /// <summary>
    /// The number of tenants whose keys and states this instance holds in memory. The least recently used tenant is evicted first, and is read from Redis
    /// again when needed.
    /// </summary>
    /// <value>16 to 1,000,000, about 1 KB each. Default 20,000. Set at least the number of tenants that are active at the same time.</value>
    public int CacheSize { get; set; } = 20_000;
}
