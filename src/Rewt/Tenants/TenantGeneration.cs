namespace Rewt.Internal;

/// <summary>
/// The state of a tenant: the generation of its keys, and whether it is deleted. A generation is the time of a change in Unix milliseconds by the
/// store's clock, so that no instance needs the earlier ones. A tenant that was never revoked or deleted has generation 0 and is not stored. Both parts
/// only increase, so that states merge in any order to the same result: a revocation never ends a deletion, and only a later creation does.
/// </summary>
/// <param name="RevokedAt">The generation of the last revocation.</param>
/// <param name="LifeAt">The generation of the last deletion or creation.</param>
/// <param name="IsDeleted">Whether that was a deletion, so that no token is signed or accepted for the tenant.</param>
internal readonly record struct TenantGeneration(long RevokedAt, long LifeAt, bool IsDeleted)
{
    /// <summary>The latest valid generation: the end of the year 9999.</summary>
    public const long Latest = 253_402_300_799_999;

    /// <summary>The generation of the keys.</summary>
    public long At => Math.Max(RevokedAt, LifeAt);

    /// <summary>Revokes all keys. A deleted tenant stays deleted.</summary>
    public TenantGeneration Revoke(long now) => this with { RevokedAt = Next(now) };

    public TenantGeneration Delete(long now) => this with { LifeAt = Next(now), IsDeleted = true };

    /// <summary>Ends a deletion. Earlier tokens stay revoked, because the generation is a later one.</summary>
    public TenantGeneration Create(long now) => IsDeleted ? this with { LifeAt = Next(now), IsDeleted = false } : this;

    public TenantGeneration Merge(TenantGeneration other)
    {
        var isLater = other.LifeAt > LifeAt || (other.LifeAt == LifeAt && other.IsDeleted);
        return new(Math.Max(RevokedAt, other.RevokedAt), Math.Max(LifeAt, other.LifeAt), isLater ? other.IsDeleted : IsDeleted);
    }

    /// <summary>Returns the state without a revocation before a time.</summary>
    public TenantGeneration Forget(long before) => RevokedAt < before ? this with { RevokedAt = 0 } : this;

    private long Next(long now) => At < Latest
        ? Math.Max(now, At + 1)
        : throw new TenantsUnusableException("The tenant has the last possible generation, which another program has written to Redis. Remove the tenant from the sorted set of tenants with ZREM, and restart the services.");
}
