namespace Rewt.Internal;

/// <summary>The ring as the application sees it.</summary>
internal sealed class KeyRing(RingKeeper keeper, TimeProvider time) : IRewtKeyRing
{
    public async Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default) =>
        View(await keeper.GetAsync(cancellationToken).ConfigureAwait(false));

    public async Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default) =>
        View(await keeper.RotateAsync(cancellationToken).ConfigureAwait(false));

    public async Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default) =>
        View(await RevokeCoreAsync(keyId, cancellationToken).ConfigureAwait(false));

    public async Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        var ring = await RevokeCoreAsync(keyId, cancellationToken).ConfigureAwait(false);
        return new RewtRevocation(View(ring), await keeper.Roll.WaitForAllAsync(ring, timeout, cancellationToken).ConfigureAwait(false));
    }

    private Task<KeySnapshot> RevokeCoreAsync(string keyId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        if (!keeper.IsPossible(keyId))
        {
            throw new ArgumentException($"A key id of the ring '{keeper.Name}' has other characters or another length; see IRewtKeyRing.GetAsync for those there are.", nameof(keyId));
        }

        return keeper.RevokeAsync(keyId, cancellationToken);
    }

    private RewtKeyRing View(KeySnapshot snapshot) => new(keeper.Name, snapshot.Version, snapshot.ToKeys(), snapshot.Age(time));
}
