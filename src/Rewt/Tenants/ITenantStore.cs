namespace Rewt.Internal;

/// <summary>
/// The store of the tenants that were revoked or deleted; no others are stored. Every write changes <see cref="RingReading.TenantStamp"/> and
/// notifies the other instances, which then read the changed tenants.
/// </summary>
internal interface ITenantStore
{
    /// <summary>Reads the states of tenants, in their order; the default state for a tenant that is not stored.</summary>
    /// <exception cref="TenantsUnusableException">What is stored cannot be read.</exception>
    Task<IReadOnlyList<TenantState>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, TenantState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists the writes after the one that set <paramref name="stamp"/>, or all writes if it is null; <see langword="null"/> if the store no longer
    /// remembers all of them.
    /// </summary>
    Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken);

    /// <summary>
    /// Merges states into the stored ones, and removes revocations before <paramref name="forgetBefore"/>. Their order does not matter, so
    /// concurrent and repeated merges need no condition.
    /// </summary>
    Task MergeAsync(IReadOnlyDictionary<string, TenantState> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken);

    /// <summary>Changes the state of one tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="known">The state that the caller remembers. The store may have lost it.</param>
    /// <param name="change">Returns the new state from the former one and the time.</param>
    /// <param name="by">The author.</param>
    /// <param name="ring">The ring of the namespace.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels between the two steps.</param>
    async Task<TenantChange> ChangeAsync(
        string tenant, TenantState known, Func<TenantState, StoreTime, TenantState> change, string by, RingSnapshot ring, ClockReading now, CancellationToken cancellationToken)
    {
        var stored = (await FindAsync([tenant], cancellationToken).ConfigureAwait(false))[0];
        var before = stored.Merge(known);
        // Later than the creation of every secret, even if the clock of the server was ahead at that time.
        var after = change(before, StoreTime.Max(ring.StoreTimeAt(now), ring.YoungestBorn.Next));
        if (after != stored) await MergeAsync(new Dictionary<string, TenantState>(StringComparer.Ordinal) { [tenant] = after }, by, TenantCache.ForgetBefore(ring.OldestBorn), cancellationToken).ConfigureAwait(false);
        return new TenantChange(before, after);
    }
}
