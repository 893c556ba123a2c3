namespace Rewt.Internal;

/// <summary>
/// The state of a tenant: the generation of its keys, and whether it is deleted. The generation is the time of the last change, so that no instance
/// needs to know the earlier ones. A tenant that was never revoked or deleted has generation 0 and is not stored.
/// </summary>
/// <param name="At">The generation: the time of the change in Unix milliseconds by the store's clock.</param>
/// <param name="IsDeleted">Whether the tenant is deleted, so that no token is signed or accepted for it.</param>
internal readonly record struct TenantGeneration(long At, bool IsDeleted)
{
    /// <summary>The latest valid generation: the end of the year 9999.</summary>
    public const long Latest = 253_402_300_799_999;

    public TenantGeneration Revoke(long now) => IsDeleted ? this : Next(now, isDeleted: false);

    public TenantGeneration Delete(long now) => IsDeleted ? this : Next(now, isDeleted: true);

    /// <summary>Ends a deletion. Earlier tokens stay revoked, because the generation is a later one.</summary>
    public TenantGeneration Create(long now) => IsDeleted ? Next(now, isDeleted: false) : this;

    public bool IsNewerThan(TenantGeneration other) => At > other.At || (At == other.At && IsDeleted && !other.IsDeleted);

    private TenantGeneration Next(long now, bool isDeleted) => new(Math.Min(Math.Max(now, At + 1), Latest), isDeleted);
}
