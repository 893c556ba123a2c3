namespace Rewt.Internal;

/// <summary>
/// The keys with which a <see cref="TokenSigner"/> signs for one tenant. The keys of a tenant are derived from the keys of the namespace. Nothing is
/// signed for a deleted tenant.
/// </summary>
internal sealed class TenantSigningKeys(KeyRingProvider ring, TenantCache tenants, string name) : ISigningKeys
{
    private Tenant? _tenant;

    public string Name => ring.Name;

    public KeySnapshot? Usable => CanSign() ? ring.Usable : null;

    public KeySnapshot? FreshAt(ClockReading now) => CanSign() ? ring.FreshAt(now) : null;

    /// <exception cref="TenantDeletedException">The tenant is deleted.</exception>
    public async ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ring.GetSigningAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(cancellationToken).ConfigureAwait(false) ? snapshot : throw new TenantDeletedException(new(ring.Name, name));
    }

    /// <exception cref="TenantDeletedException">The tenant is deleted.</exception>
    public async Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ring.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(cancellationToken).ConfigureAwait(false) ? snapshot : throw new TenantDeletedException(new(ring.Name, name));
    }

    public SigningKey For(SigningKey key) => tenants.SigningKey(Volatile.Read(ref _tenant)!, (RingKey)key);

    private bool CanSign()
    {
        if (tenants.Known(name) is not { State.IsDeleted: false } known) return false;
        Volatile.Write(ref _tenant, known);
        return true;
    }

    /// <summary>Reads the tenant, and returns whether tokens can be signed for it.</summary>
    private async ValueTask<bool> FindAsync(CancellationToken cancellationToken)
    {
        var known = await tenants.GetAsync(name, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _tenant, known);
        return !known.State.IsDeleted;
    }
}
