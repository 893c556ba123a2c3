using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>Keys from the cached rings; an unknown key id asks the store once, shared with all who ask at the same time.</summary>
internal sealed class RingKeyResolver(RingRegistry rings, TimeProvider time) : IIssuerSigningKeyResolver
{
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string ring, string? keyId, CancellationToken cancellationToken = default)
    {
        var keeper = rings.Keeper(ring);
        return keyId is not null && keeper.Fresh is { } snapshot && Known(snapshot, keyId) is { } known
            ? ValueTask.FromResult(known)
            : ResolveSlowAsync(keeper, keyId, cancellationToken);
    }

    /// <summary>The keys for a token that names none, from a fresh read: the one it was signed with may be newer than the cache.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>> ResolveFreshAsync(string ring, CancellationToken cancellationToken) =>
        (await rings.Keeper(ring).RefreshAsync(cancellationToken).ConfigureAwait(false)).KeylessKeys(time);

    /// <summary>
    /// Whether the key is another ring's of this process. A key id is derived from its secret, so it can be no other's, and asking the store of this ring about it
    /// would make each good token of the other cost a read.
    /// </summary>
    public bool IsOfAnotherRing(string ring, string keyId) =>
        rings.Names.Count > 1 && !Knows(rings.Keeper(ring), keyId) && rings.Others(ring).Any(other => Knows(other, keyId));

    private bool Knows(RingKeeper keeper, string keyId) => keeper.Known is { } snapshot && Known(snapshot, keyId) is not null;

    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveSlowAsync(
        RingKeeper keeper, string? keyId, CancellationToken cancellationToken)
    {
        var snapshot = await keeper.GetAsync(cancellationToken).ConfigureAwait(false);
        if (keyId is null) return snapshot.KeylessKeys(time);
        if (Known(snapshot, keyId) is { } known) return known;

        snapshot = await keeper.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var found = Known(snapshot, keyId);
        keeper.Metrics.UnknownKey(isFound: found is not null);
        return found ?? [];
    }

    /// <summary>What the snapshot says for certain; <see langword="null"/> when only the store can tell.</summary>
    private IReadOnlyList<SecurityKey>? Known(RingSnapshot snapshot, string keyId)
    {
        if (snapshot.Find(keyId, time) is { } key) return key.Candidates;
        return snapshot.Dead.ContainsKey(keyId) || !KeyId.IsPossible(keyId) ? [] : null;
    }
}
