using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The tokens of one ring by tenant, audience and claims. One is used on for three quarters of its life, so that it never arrives expired, and
/// no longer than its key is current.
/// </summary>
internal sealed class BearerTokens(TokenSigners signers, TimeProvider time)
{
    private const int Capacity = 1024;
    private const int LongestClaims = 512;

    private readonly LruCache<(string? Tenant, string? Audience, string Claims), BearerTokenSlot> _slots = new(Capacity);
    private BearerTokenMaker? _maker;

    /// <summary>A token of the namespace's own ring.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public ValueTask<BearerToken> GetAsync(string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken) =>
        GetAsync(null, audience, claims, fresh, cancellationToken);

    /// <summary>A token of the namespace's own ring, with keys in memory only.</summary>
    /// <exception cref="RewtKeysUnavailableException">There are none yet.</exception>
    public BearerToken Get(string? audience, IReadOnlyDictionary<string, object>? claims) => Get(null, audience, claims);

    /// <exception cref="RewtKeysUnavailableException">The keys cannot be had.</exception>
    public async ValueTask<BearerToken> GetAsync(
        string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh, CancellationToken cancellationToken)
    {
        var signer = signers.For(tenant);
        return Get(signer, await signer.Keys.GetSigningAsync(cancellationToken).ConfigureAwait(false), audience, claims, fresh);
    }

    /// <summary>With keys in memory only, for synchronous callers.</summary>
    /// <exception cref="RewtKeysUnavailableException">There are none yet.</exception>
    public BearerToken Get(string? tenant, string? audience, IReadOnlyDictionary<string, object>? claims)
    {
        var signer = signers.For(tenant);
        var snapshot = signer.Keys.Usable ?? throw new RewtKeysUnavailableException(
            "HttpClient.Send cannot wait for keys that are not in memory yet; use SendAsync.", TimeSpan.FromSeconds(1));
        return Get(signer, snapshot, audience, claims, fresh: false);
    }

    /// <summary>Whether signing again would use another key than the one that was <paramref name="refused"/>; asks Redis when this instance knows no other.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis cannot be asked.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(BearerToken refused, CancellationToken cancellationToken)
    {
        var signer = signers.For(refused.Tenant);
        if (signer.Keys.Fresh is { } known && known.SigningKey(time) is { } key && key.KeyId != refused.KeyId) return true;
        var snapshot = await signer.Keys.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return signer.CurrentKey(snapshot).KeyId != refused.KeyId;
    }

    private BearerToken Get(TokenSigner signer, KeySnapshot snapshot, string? audience, IReadOnlyDictionary<string, object>? claims, bool fresh)
    {
        var key = signer.CurrentKey(snapshot);
        var text = claims is null or { Count: 0 } ? string.Empty : JsonSerializer.Serialize(claims, JsonSerializerOptions.Web);
        var maker = MakerOf(signer);
        return text.Length > LongestClaims
            ? maker.Make(key, audience, claims)
            : _slots.GetOrAdd((signer.Tenant, audience, text), maker.NewSlot).Take(key, claims, fresh);
    }

    private BearerTokenMaker MakerOf(TokenSigner signer)
    {
        if (signer.Tenant is not null) return new BearerTokenMaker(signer, time);
        return _maker ??= new BearerTokenMaker(signer, time);
    }
}
