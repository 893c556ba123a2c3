namespace Rewt.Internal;

/// <summary>The signing keys of one tenant.</summary>
internal sealed class TenantKeys(TenantRings rings, string tenant) : ISigningKeys
{
    public string Name => rings.RingOf(tenant);

    public KeySnapshot? FreshAt(ClockReading now) => rings.FreshAt(tenant, now);

    public KeySnapshot? Usable => rings.Usable(tenant);

    public async ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken) =>
        await rings.GetSigningAsync(tenant, cancellationToken).ConfigureAwait(false);

    public async Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        // Reading alone would not restore the ring after a FLUSHALL; GetSigningAsync creates it again.
        await rings.RefreshAsync(tenant, cancellationToken).ConfigureAwait(false);
        return await rings.GetSigningAsync(tenant, cancellationToken).ConfigureAwait(false);
    }
}
