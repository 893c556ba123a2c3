namespace Rewt.Internal;

/// <summary>
/// The state of a tenant: the generation of its keys, and whether it is deleted. The generation is the store's time of the last change, and keys of
/// earlier generations are revoked; a tenant that was never revoked or deleted has generation 0 and is not stored.
/// </summary>
/// <param name="RevokedAt">The generation that the last revocation began.</param>
/// <param name="LifeAt">The generation that the last deletion or creation began.</param>
/// <param name="IsDeleted">Whether the last of the two was a deletion, so that no token is signed or accepted for the tenant.</param>
internal readonly record struct TenantState(StoreTime RevokedAt, StoreTime LifeAt, bool IsDeleted)
{
    /// <summary>The generation of the keys.</summary>
    public StoreTime Generation => StoreTime.Max(RevokedAt, LifeAt);

    /// <summary>Revokes all keys. A deleted tenant stays deleted.</summary>
    public TenantState Revoke(StoreTime now) => this with { RevokedAt = Next(now) };

    public TenantState Delete(StoreTime now) => this with { LifeAt = Next(now), IsDeleted = true };

    /// <summary>Ends a deletion. Earlier tokens stay revoked, because the generation is a later one.</summary>
    public TenantState Create(StoreTime now) => IsDeleted ? this with { LifeAt = Next(now), IsDeleted = false } : this;

    /// <summary>
    /// Returns the later parts of two states. Both parts only increase, so states merge in any order to the same result: a revocation never ends a
    /// deletion, and only a later creation does.
    /// </summary>
    public TenantState Merge(TenantState other)
    {
        var isLater = other.LifeAt > LifeAt || (other.LifeAt == LifeAt && other.IsDeleted);
        return new(StoreTime.Max(RevokedAt, other.RevokedAt), StoreTime.Max(LifeAt, other.LifeAt), isLater ? other.IsDeleted : IsDeleted);
    }

    /// <summary>Returns the state without a revocation before a time.</summary>
    public TenantState Forget(StoreTime before) => RevokedAt < before ? this with { RevokedAt = default } : this;

    private StoreTime Next(StoreTime now) => Generation < StoreTime.Latest
        ? StoreTime.Max(now, Generation.Next)
        : throw new TenantsUnusableException("The tenant has the last possible generation, which another program has written to Redis. Remove the tenant from the sorted set of tenants with ZREM, and restart the services.");
}
