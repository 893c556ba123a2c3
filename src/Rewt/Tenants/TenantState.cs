namespace Rewt.Internal;

/// <summary>
/// The state of a tenant: the generation of its keys, and whether the tenant is deleted. The generation is the time of the last change, by the clock
/// of the store. Keys of earlier generations are revoked. A tenant that was never revoked or deleted has the generation 0 and is not stored.
/// </summary>
/// <param name="RevokedAt">The generation that began with the last revocation.</param>
/// <param name="LifeAt">The generation that began with the last deletion or creation.</param>
/// <param name="IsDeleted">Whether the tenant is deleted. No token is then signed or accepted for the tenant.</param>
internal readonly record struct TenantState(StoreTime RevokedAt, StoreTime LifeAt, bool IsDeleted)
{
    /// <summary>The generation of the tenant's keys, which is the later of <see cref="RevokedAt"/> and <see cref="LifeAt"/>.</summary>
    public StoreTime Generation => StoreTime.Max(RevokedAt, LifeAt);

    /// <summary>Returns the state after a revocation of all keys. A deleted tenant stays deleted.</summary>
    public TenantState Revoke(StoreTime now) => this with { RevokedAt = Next(now) };

    public TenantState Delete(StoreTime now) => this with { LifeAt = Next(now), IsDeleted = true };

    /// <summary>Returns the state after a deleted tenant is recreated. Earlier tokens stay revoked, because a new generation begins.</summary>
    public TenantState Create(StoreTime now) => IsDeleted ? this with { LifeAt = Next(now), IsDeleted = false } : this;

    /// <summary>
    /// Returns a state with the later <see cref="RevokedAt"/> and the later <see cref="LifeAt"/> of two states. The result does not depend on the
    /// order of merges, because both timestamps only increase. A revocation never ends a deletion. Only a later creation ends a deletion.
    /// </summary>
    public TenantState Merge(TenantState other)
    {
        var isLater = other.LifeAt > LifeAt || (other.LifeAt == LifeAt && other.IsDeleted);
        return new(StoreTime.Max(RevokedAt, other.RevokedAt), StoreTime.Max(LifeAt, other.LifeAt), isLater ? other.IsDeleted : IsDeleted);
    }

    /// <summary>
    /// Returns the state without the last revocation, if the revocation is earlier than <paramref name="before"/>; otherwise the unchanged state.
    /// </summary>
    public TenantState Forget(StoreTime before) => RevokedAt < before ? this with { RevokedAt = default } : this;

    private StoreTime Next(StoreTime now) => Generation < StoreTime.Latest
        ? StoreTime.Max(now, Generation.Next)
        : throw new TenantsUnusableException("The tenant has the last possible generation, which another program has written to Redis. Remove the tenant from the sorted set of tenants with ZREM, and restart the services.");
}
