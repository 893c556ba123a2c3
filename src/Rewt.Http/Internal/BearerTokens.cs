using BitFaster.Caching.Lru;

namespace Rewt.Internal;

/// <summary>
/// The tokens of one ring by tenant, audience and claims. One is used on for three quarters of its life, so that it never arrives expired, and
/// no longer than its key is current.
/// </summary>
internal sealed class BearerTokens(TokenSigners signers, TimeProvider time)
{
    private const int Capacity = 1024;
    private const int LongestClaims = 512;

    private readonly FastConcurrentLru<(string? Tenant, string? Audience, string Claims), BearerTokenSlot> _slots = new(Capacity);
    private BearerTokenMaker? _maker;
    private volatile BearerTokenSlot? _last;

    /// <summary>A token of the namespace's own ring.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public ValueTask<BearerToken> GetAsync(string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken) =>
        GetAsync(null, audience, claims, fresh, cancellationToken);

    /// <summary>A token of the namespace's own ring, with keys in memory only.</summary>
    /// <exception cref="RewtKeysUnavailableException">There are none yet.</exception>
    public BearerToken Get(string? audience, IReadOnlyDictionary<string, object>? claims) => Get(null, audience, claims, fresh: false);

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public ValueTask<BearerToken> GetAsync(
        string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken)
    {
        var signer = signers.For(tenant);
        var now = Moment.Now(time);
        return signer.Keys.FreshAt(now) is { } snapshot && snapshot.SigningKey(now) is not null
            ? ValueTask.FromResult(Get(signer, snapshot, audience, claims, fresh, now))
            : GetSlowAsync(signer, audience, claims, fresh, cancellationToken);
    }

    /// <summary>With keys in memory only, for synchronous callers.</summary>
    /// <exception cref="RewtKeysUnavailableException">There are none yet.</exception>
    public BearerToken Get(string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh)
    {
        var signer = signers.For(tenant);
        var snapshot = signer.Keys.Usable ?? throw new RewtKeysUnavailableException(
            "HttpClient.Send cannot wait for keys that are not in memory yet; use SendAsync.", TimeSpan.FromSeconds(1));
        return Get(signer, snapshot, audience, claims, fresh, Moment.Now(time));
    }

    /// <summary>Whether signing again would use another key than the one that was <paramref name="refused"/>; asks Redis when this instance knows no other.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be asked.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(BearerToken refused, CancellationToken cancellationToken)
    {
        var signer = signers.For(refused.Tenant);
        // A token that was ahead of the store may be signed by the very key that the store names by now, so what the store names is to be read.
        if (!refused.IsAhead && KnowsOtherKey(signer, refused)) return true;
        var snapshot = await signer.Keys.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return refused.IsAhead || signer.KeyOf(snapshot, Moment.Now(time), isStored: true).Key.KeyId != refused.KeyId;
    }

    /// <summary>Whether signing again would use another key than the one that was <paramref name="refused"/>, by what is in memory.</summary>
    public bool KnowsOtherKey(BearerToken refused) => refused.IsAhead || KnowsOtherKey(signers.For(refused.Tenant), refused);

    private bool KnowsOtherKey(TokenSigner signer, BearerToken refused)
    {
        var now = Moment.Now(time);
        // Past the point of rotation only the store can tell which key it names.
        return signer.Keys.FreshAt(now) is { } snapshot && snapshot.StoredKey(now) is { } stored && stored.KeyId == snapshot.SigningKey(now)?.KeyId && stored.KeyId != refused.KeyId;
    }

    private async ValueTask<BearerToken> GetSlowAsync(
        TokenSigner signer, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken)
    {
        var snapshot = await signer.Keys.GetSigningAsync(cancellationToken).ConfigureAwait(false);
        return Get(signer, snapshot, audience, claims, fresh, Moment.Now(time));
    }

    /// <summary>A fresh token follows a refusal, and is signed with the key that the store names: any service knows it.</summary>
    private BearerToken Get(TokenSigner signer, KeySnapshot snapshot, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, Moment now)
    {
        var (key, isAhead) = signer.KeyOf(snapshot, now, isStored: fresh);
        if (claims is null or { Count: 0 }) return PlainSlot(signer, audience).Take(key, isAhead, claims, fresh, now.WallClock);

        var text = ClaimJson.ToText(claims);
        var maker = MakerOf(signer);
        return text.Length > LongestClaims
            ? maker.Make(key, isAhead, audience, claims)
            : _slots.GetOrAdd((signer.Tenant, audience, text), maker.NewSlot).Take(key, isAhead, claims, fresh, now.WallClock);
    }

    /// <summary>Most tokens say nothing but who calls whom, and most clients call one service: the last of these needs no search.</summary>
    private BearerTokenSlot PlainSlot(TokenSigner signer, string? audience)
    {
        if (_last is { } last && ReferenceEquals(last.Audience, audience) && ReferenceEquals(last.Tenant, signer.Tenant)) return last;
        return _last = _slots.GetOrAdd((signer.Tenant, audience, string.Empty), MakerOf(signer).NewSlot);
    }

    private BearerTokenMaker MakerOf(TokenSigner signer)
    {
        if (signer.Tenant is not null) return new BearerTokenMaker(signer, time);
        return _maker ??= new BearerTokenMaker(signer, time);
    }
}
