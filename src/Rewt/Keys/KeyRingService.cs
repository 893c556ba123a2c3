namespace Rewt.Internal;

/// <summary>
/// The implementation of the public service <see cref="IRewtKeyRing"/>, by which an application lists, rotates and revokes the keys of a namespace.
/// If keys of the other kind are accepted too, their key ring is <paramref name="other"/>, whose keys can be revoked, but not rotated.
/// </summary>
internal sealed class KeyRingService(KeyRingProvider keyRing, KeyRingProvider? other, RewtOptions options, TimeProvider time) : IRewtKeyRing
{
    public async Task<RewtKeyRing> GetAsync(CancellationToken cancellationToken = default) =>
        View(keyRing, await keyRing.GetSigningAsync(cancellationToken).ConfigureAwait(false));

    public async Task<RewtKeyRing> RotateAsync(CancellationToken cancellationToken = default) =>
        View(keyRing, await keyRing.RotateAsync(cancellationToken).ConfigureAwait(false));

    public async Task<RewtKeyRing> RevokeAsync(string keyId, CancellationToken cancellationToken = default)
    {
        var (owner, revoked) = OwnerOf(keyId);
        return View(owner, await owner.RevokeAsync(revoked, cancellationToken).ConfigureAwait(false));
    }

    public async Task<RewtRevocation> RevokeAndWaitAsync(string keyId, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        var (owner, revoked) = OwnerOf(keyId);
        var ring = await owner.RevokeAsync(revoked, cancellationToken).ConfigureAwait(false);
        try
        {
            return new RewtRevocation { Ring = View(owner, ring), Unconfirmed = await owner.Tracker.WaitForAllAsync(ring, timeout, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The key {keyId} of '{owner.Name}' is revoked, but the confirmations of the other instances cannot be read: {StoreFailure.OfRead(exception, options.ConnectionSection)}",
                TimeSpan.FromSeconds(2),
                exception);
        }
    }

    private (KeyRingProvider Owner, KeyId KeyId) OwnerOf(string keyId)
    {
        ArgumentNullException.ThrowIfNull(keyId);
        if (KeyId.TryParse(keyId) is { } parsed)
        {
            if (keyRing.IsPossible(parsed)) return (keyRing, parsed);
            if (other?.IsPossible(parsed) == true) return (other, parsed);
        }

        throw new ArgumentException(
            $"The key id of a secret has {KeyId.Length} base64url characters, and the key id of a key pair has {KeyId.ThumbprintLength}. IRewtKeyRing.GetAsync returns the keys of the key ring.", nameof(keyId));
    }

    private RewtKeyRing View(KeyRingProvider of, KeySnapshot snapshot) =>
        new() { Namespace = of.Name, Version = snapshot.Version, Keys = snapshot.ToKeys(), Age = snapshot.Age(ClockReading.Now(time)) };
}
