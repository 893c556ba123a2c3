namespace Rewt.Internal;

/// <summary>
/// The state of a tenant: the generation of its keys, and whether it is deleted. A generation is the time of a change by the store's
/// clock, so that no instance needs the earlier ones. A tenant that was never revoked or deleted has generation 0 and is not stored. Both parts
/// only increase, so that states merge in any order to the same result: a revocation never ends a deletion, and only a later creation does.
/// </summary>
/// <param name="RevokedAt">The generation of the last revocation.</param>
/// <param name="LifeAt">The generation of the last deletion or creation.</param>
/// <param name="IsDeleted">Whether that was a deletion, so that no token is signed or accepted for the tenant.</param>
internal readonly record struct TenantGeneration(StoreTime RevokedAt, StoreTime LifeAt, bool IsDeleted)
{
    /// <summary>The generation of the keys.</summary>
    public StoreTime At => StoreTime.Max(RevokedAt, LifeAt);

    /// <summary>Revokes all keys. A deleted tenant stays deleted.</summary>
    public TenantGeneration Revoke(StoreTime now) => this with { RevokedAt = Next(now) };

    public TenantGeneration Delete(StoreTime now) => this with { LifeAt = Next(now), IsDeleted = true };

    /// <summary>Ends a deletion. Earlier tokens stay revoked, because the generation is a later one.</summary>
    public TenantGeneration Create(StoreTime now) => IsDeleted ? this with { LifeAt = Next(now), IsDeleted = false } : this;

    public TenantGeneration Merge(TenantGeneration other)
    {
        var isLater = other.LifeAt > LifeAt || (other.LifeAt == LifeAt && other.IsDeleted);
        return new(StoreTime.Max(RevokedAt, other.RevokedAt), StoreTime.Max(LifeAt, other.LifeAt), isLater ? other.IsDeleted : IsDeleted);
    }

    /// <summary>Returns the state without a revocation before a time.</summary>
    public TenantGeneration Forget(StoreTime before) => RevokedAt < before ? this with { RevokedAt = default } : this;

    private StoreTime Next(StoreTime now) => At < StoreTime.Latest
        ? StoreTime.Max(now, At.Next)
        : throw new TenantsUnusableException("The tenant has the last possible generation, which another program has written to Redis. Remove the tenant from the sorted set of tenants with ZREM, and restart the services.");
}
