namespace Rewt.Internal;

/// <summary>
/// The store of the tenants that were revoked or deleted. Other tenants are not stored. Every write changes <see cref="RingReading.TenantStamp"/> and
/// notifies the other instances, which then read the changed tenants.
/// </summary>
internal interface ITenantStore
{
    /// <summary>
    /// Reads the states of tenants, and returns them in the order of <paramref name="tenants"/>. For a tenant that is not stored, the default state
    /// is returned.
    /// </summary>
    /// <exception cref="TenantsUnusableException">The stored states cannot be read.</exception>
    Task<IReadOnlyList<TenantState>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, TenantState>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Returns the writes that followed the write with the stamp <paramref name="stamp"/>. If <paramref name="stamp"/> is <see langword="null"/>, all
    /// writes are returned. The result is <see langword="null"/> if the store has already removed some of these writes.
    /// </summary>
    Task<IReadOnlyList<TenantLogEntry>?> ListWritesAsync(string? stamp, CancellationToken cancellationToken);

    /// <summary>
    /// Merges states into the stored states, and removes revocations before <paramref name="forgetBefore"/>. The result does not depend on the order
    /// of merges. A merge therefore need not check whether another instance has changed the states meanwhile, and can be repeated.
    /// </summary>
    Task MergeAsync(IReadOnlyDictionary<string, TenantState> states, string by, StoreTime forgetBefore, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the state of one tenant. The function <paramref name="change"/> returns the new state for the old state and the current time. The old
    /// state includes <paramref name="known"/>, the last state that the caller knows, because the store may have lost it.
    /// </summary>
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
