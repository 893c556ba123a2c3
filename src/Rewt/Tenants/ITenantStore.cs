namespace Rewt.Internal;

/// <summary>
/// The store of the tenants that were revoked or deleted. Every write changes <see cref="RingReading.TenantStamp"/> and notifies the other instances as
/// a change of the ring does.
/// </summary>
internal interface ITenantStore
{
    /// <summary>Reads the states of tenants, in their order; the default state for a tenant that is not stored.</summary>
    Task<IReadOnlyList<TenantGeneration>> FindAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken);

    /// <summary>Lists all tenants that are stored.</summary>
    Task<IReadOnlyDictionary<string, TenantGeneration>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes states that are newer than the stored ones, and removes revoked tenants whose last change was before <paramref name="forgetBefore"/>.</summary>
    Task WriteAsync(IReadOnlyCollection<TenantChange> changes, long forgetBefore, CancellationToken cancellationToken);

    /// <summary>Changes the state of one tenant.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="known">The state that the caller remembers. The store may have lost it.</param>
    /// <param name="change">Returns the new state.</param>
    /// <param name="forgetBefore">See <see cref="WriteAsync"/>.</param>
    /// <param name="cancellationToken">Cancels between the two steps.</param>
    /// <returns>The new state.</returns>
    async Task<TenantGeneration> ChangeAsync(
        string tenant, TenantGeneration known, Func<TenantGeneration, TenantGeneration> change, long forgetBefore, CancellationToken cancellationToken)
    {
        var stored = (await FindAsync([tenant], cancellationToken).ConfigureAwait(false))[0];
        var state = change(known.IsNewerThan(stored) ? known : stored);
        if (state == stored) return state;
        await WriteAsync([new TenantChange(tenant, stored, state)], forgetBefore, cancellationToken).ConfigureAwait(false);
        // Another instance may have deleted the tenant meanwhile.
        return (await FindAsync([tenant], cancellationToken).ConfigureAwait(false))[0];
    }
}
