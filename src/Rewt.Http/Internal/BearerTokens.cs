using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The tokens of one ring by audience and claims. One is used on for three quarters of its life, so that it never arrives expired, and
/// no longer than its key is current.
/// </summary>
internal sealed class BearerTokens(RingKeeper keeper, TokenSigner signer, TimeProvider time)
{
    private const int Capacity = 1024;
    private const int LongestClaims = 512;

    private readonly LruCache<(string? Audience, string Claims), BearerTokenSlot> _slots = new(Capacity);
    private readonly BearerTokenMaker _maker = new(keeper, signer, time);

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<BearerToken> GetAsync(
        string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken) =>
        Get(await keeper.GetSigningAsync(cancellationToken).ConfigureAwait(false), audience, claims, fresh);

    /// <summary>With keys in memory only, for synchronous callers.</summary>
    /// <exception cref="RewtKeysUnavailableException">There are none yet.</exception>
    public BearerToken Get(string? audience, IReadOnlyDictionary<string, object>? claims)
    {
        var snapshot = keeper.Usable ?? throw new RewtKeysUnavailableException(
            "HttpClient.Send cannot wait for keys that are not in memory yet; use SendAsync.", TimeSpan.FromSeconds(1));
        return Get(snapshot, audience, claims, fresh: false);
    }

    /// <summary>Whether signing again would use another key than <paramref name="keyId"/>; asks Redis when this instance knows no other.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be asked.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(string keyId, CancellationToken cancellationToken)
    {
        if (keeper.Fresh is { } known && signer.CurrentKey(known).KeyId != keyId) return true;
        var snapshot = await keeper.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return signer.CurrentKey(snapshot).KeyId != keyId;
    }

    private BearerToken Get(KeySnapshot snapshot, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh)
    {
        var key = signer.CurrentKey(snapshot);
        var text = claims is null or { Count: 0 } ? string.Empty : JsonSerializer.Serialize(claims, JsonSerializerOptions.Web);
        return text.Length > LongestClaims
            ? _maker.Make(key, audience, claims)
            : _slots.GetOrAdd((audience, text), _maker.NewSlot).Take(key, claims, fresh);
    }
}
