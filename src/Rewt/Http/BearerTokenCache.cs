using BitFaster.Caching.Lru;

namespace Rewt.Internal;

/// <summary>
/// Returns the token for an outgoing request: the cached token for the same tenant, audience and claims, or a newly signed token. A token is reused
/// for three quarters of its lifetime, and only while its key is current. A token that is bound to a request is never reused.
/// </summary>
internal sealed class BearerTokenCache(TokenSigners signers, TimeProvider time)
{
    private const int Capacity = 1024;
    private const int LongestClaims = 512;

    private readonly FastConcurrentLru<(string? Tenant, string? Audience, string Claims), CachedToken> _slots = new(Capacity);
    private volatile CachedToken? _last;

    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public ValueTask<BearerToken> GetAsync(
        string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound, bool fresh, CancellationToken cancellationToken)
    {
        var signer = signers.For(tenant);
        var now = ClockReading.Now(time);
        return SnapshotInMemory(signer, now) is { } snapshot
            ? ValueTask.FromResult(Get(signer, snapshot, audience, claims, bound, fresh, now))
            : GetSlowAsync(signer, audience, claims, bound, fresh, cancellationToken);
    }

    /// <summary>Returns the token for a request that is sent synchronously.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public BearerToken Get(string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound, bool fresh, CancellationToken cancellationToken)
    {
        var signer = signers.For(tenant);
        var now = ClockReading.Now(time);
        return SnapshotInMemory(signer, now) is { } snapshot
            ? Get(signer, snapshot, audience, claims, bound, fresh, now)
            : GetSlow(signer, audience, claims, bound, fresh, cancellationToken);
    }

    /// <summary>
    /// Returns whether a new token would be signed with another key than the <paramref name="refused"/> token.
    /// </summary>
    /// <param name="refused">The refused token.</param>
    /// <param name="reads">Whether the store must be read. Otherwise, the store is read only if the keys in memory are older than one refresh
    /// interval.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="RewtKeysUnavailableException">Redis is unavailable.</exception>
    /// <exception cref="TenantDeletedException">The tenant of the token is deleted.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(BearerToken refused, bool reads, CancellationToken cancellationToken)
    {
        var signer = signers.For(refused.Tenant);
        var snapshot = reads
            ? await signer.Keys.RefreshAsync(cancellationToken).ConfigureAwait(false)
            : await signer.Keys.GetSigningAsync(cancellationToken).ConfigureAwait(false);
        // The key of a token that was ahead of the store may have become current in the store since.
        return refused.IsAhead || !refused.IsOf(signer.KeyOf(snapshot, ClockReading.Now(time), isStored: true));
    }

    /// <summary>
    /// Returns whether a new token would be signed with another key than the <paramref name="refused"/> token. The method uses the keys in memory,
    /// and does not read the store.
    /// </summary>
    public bool KnowsOtherKey(BearerToken refused)
    {
        var signer = signers.For(refused.Tenant);
        var now = ClockReading.Now(time);
        if (SnapshotInMemory(signer, now) is not { } snapshot) return false;

        // After the time of rotation only the store knows which key is current.
        var choice = signer.KeyOf(snapshot, now, isStored: false);
        return !choice.IsAhead && !refused.IsOf(choice);
    }

    /// <summary>Returns the keys in memory; <see langword="null"/> if the store must be read before a token can be signed.</summary>
    private static KeySnapshot? SnapshotInMemory(TokenSigner signer, ClockReading now) =>
        signer.Keys.FreshAt(now) is { } snapshot && snapshot.SigningKey(now) is not null ? snapshot : null;

    private BearerToken GetSlow(
        TokenSigner signer, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound, bool fresh, CancellationToken cancellationToken) =>
        SynchronousSend.Run(() => GetSlowAsync(signer, audience, claims, bound, fresh, cancellationToken).AsTask());

    private async ValueTask<BearerToken> GetSlowAsync(
        TokenSigner signer, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound, bool fresh, CancellationToken cancellationToken)
    {
        var snapshot = await signer.Keys.GetSigningAsync(cancellationToken).ConfigureAwait(false);
        return Get(signer, snapshot, audience, claims, bound, fresh, ClockReading.Now(time));
    }

    /// <summary>
    /// Returns a token for a request. If a receiver has refused the key (<paramref name="fresh"/>), a new token is signed with the current key of the
    /// store, because every service knows this key.
    /// </summary>
    private BearerToken Get(TokenSigner signer, KeySnapshot snapshot, string? audience, IReadOnlyDictionary<string, object>? claims, BoundRequest? bound, bool fresh, ClockReading now)
    {
        var choice = signer.KeyOf(snapshot, now, isStored: fresh);
        if (bound is not null) return BearerToken.Sign(signer, choice, audience, claims, bound);
        if (claims is null or { Count: 0 }) return PlainSlot(signer, audience).Take(choice, claims, fresh, now.WallClock);

        var text = ClaimJson.ToText(claims);
        return text.Length > LongestClaims ? BearerToken.Sign(signer, choice, audience, claims) : Slot(signer, audience, text).Take(choice, claims, fresh, now.WallClock);
    }

    /// <summary>
    /// Returns the cache entry for tokens without additional claims. The last entry is kept in a field, because most clients call one service without
    /// additional claims.
    /// </summary>
    private CachedToken PlainSlot(TokenSigner signer, string? audience)
    {
        if (_last is { } last && ReferenceEquals(last.Audience, audience) && ReferenceEquals(last.Tenant, signer.Tenant)) return last;
        return _last = Slot(signer, audience, string.Empty);
    }

    private CachedToken Slot(TokenSigner signer, string? audience, string claims) => _slots.GetOrAdd(
        (signer.Tenant, audience, claims), static (key, from) => new CachedToken(from.Signer, from.Time, key.Audience, key.Claims), (Signer: signer, Time: time));
}
