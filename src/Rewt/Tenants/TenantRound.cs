namespace Rewt.Internal;

/// <summary>The tenants to include in the next read, its results, and the callers that wait for it.</summary>
internal sealed class TenantRound
{
    /// <summary>The most tenants that may wait for one read.</summary>
    private const int MaximumTenants = 4096;

    private readonly Dictionary<string, TenantRing?> _tenants = new(StringComparer.Ordinal);

    public PendingRead Pending { get; } = new();

    public IReadOnlyDictionary<string, TenantRing?> Tenants => _tenants;

    /// <summary>The reason why the read failed; <see langword="null"/> when it succeeded.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Adds a tenant, with its ring if this instance holds one.</summary>
    /// <returns><see langword="false"/> when too many tenants are waiting.</returns>
    public bool TryAdd(string tenant, TenantRing? ring)
    {
        if (_tenants.Count >= MaximumTenants && !_tenants.ContainsKey(tenant)) return false;
        _tenants[tenant] = ring;
        return true;
    }

    /// <summary>Records that a tenant's ring exists.</summary>
    public void Found(TenantRing ring) => _tenants[ring.Tenant] = ring;
}
