namespace Rewt.Internal;

/// <summary>The tenants that the next look shall take in, what it found, and those who wait for it.</summary>
internal sealed class TenantRound
{
    /// <summary>As many as may wait.</summary>
    private const int MaximumTenants = 4096;

    private readonly Dictionary<string, TenantRing?> _tenants = new(StringComparer.Ordinal);

    public PendingRead Pending { get; } = new();

    public IReadOnlyDictionary<string, TenantRing?> Tenants => _tenants;

    /// <summary>Why nothing could be found out.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Adds a tenant, with its ring if this instance holds it.</summary>
    /// <returns><see langword="false"/> when there are too many.</returns>
    public bool TryAdd(string tenant, TenantRing? ring)
    {
        if (_tenants.Count >= MaximumTenants && !_tenants.ContainsKey(tenant)) return false;
        _tenants[tenant] = ring;
        return true;
    }

    /// <summary>There is such a ring after all.</summary>
    public void Found(TenantRing ring) => _tenants[ring.Tenant] = ring;
}
