namespace Rewt;

/// <summary>
/// Settings of the keys of tenants: whether each tenant (or each user) has keys of its own, and how many tenants are held in memory. See
/// <see cref="IRewtTenants"/>.
/// </summary>
public sealed class RewtTenantOptions
{
    /// <summary>
    /// Whether each tenant has keys of its own, which are derived from the secret of the namespace. A token names its tenant in the claim
    /// <c>tenant</c>. A token without the claim <c>tenant</c> is refused.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool Enabled { get; set; }

    /// <summary>
    /// The number of tenants whose keys and states this instance holds in memory. If there are more tenants, the least recently used tenants are
    /// removed from memory. A removed tenant is read from Redis again when it is needed.
    /// </summary>
    /// <value>
    /// 16 to 1,000,000. A tenant needs about 1 KB. The value should be at least the number of tenants that are active at the same time. Default
    /// 20,000.
    /// </value>
    public int CacheSize { get; set; } = 20_000;
}
