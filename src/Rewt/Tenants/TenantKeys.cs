namespace Rewt.Internal;

/// <summary>The signing keys of one tenant: those of the namespace's ring, derived for the tenant.</summary>
internal sealed class TenantKeys(KeyRingProvider ring, Tenants tenants, string name) : ISigningKeys
{
    private Tenant? _tenant;

    public string Name => ring.Name;

    public KeySnapshot? Usable => CanSign() ? ring.Usable : null;

    public KeySnapshot? FreshAt(ClockReading now) => CanSign() ? ring.FreshAt(now) : null;

    public async ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken) =>
        await RequireAsync(await ring.GetSigningAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken) =>
        await RequireAsync(await ring.RefreshAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public SigningKey For(SigningKey key) => tenants.SigningKey(Volatile.Read(ref _tenant)!, (RingKey)key);

    private bool CanSign()
    {
        if (tenants.Known(name) is not { Generation.IsDeleted: false } known) return false;
        Volatile.Write(ref _tenant, known);
        return true;
    }

    private async ValueTask<KeySnapshot> RequireAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        var known = await tenants.GetAsync(name, cancellationToken).ConfigureAwait(false);
        if (known.Generation.IsDeleted) throw new InvalidOperationException($"The tenant '{name}' of '{ring.Name}' is deleted. IRewtTenants.CreateTenantAsync creates it again.");
        Volatile.Write(ref _tenant, known);
        return snapshot;
    }
}
