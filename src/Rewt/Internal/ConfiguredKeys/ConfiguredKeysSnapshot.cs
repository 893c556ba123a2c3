using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The configured signing key, if any, and the public keys that were read from their sources.</summary>
internal sealed class ConfiguredKeysSnapshot : KeySnapshot
{
    /// <summary>The most keys that are tried for a token without a key id.</summary>
    private const int KeylessCandidates = 4;

    private readonly ClockReading _readAt;
    private readonly string _serviceName;
    private readonly KeyPair? _pair;
    private readonly TimeSpan _staleBudget;

    public ConfiguredKeysSnapshot(ClockReading readAt, RewtOptions options, KeyPair? pair, IReadOnlyList<PublicKeySourceState> places)
        : base(readAt)
    {
        (_readAt, _serviceName, _pair, _staleBudget, Places) = (readAt, options.ServiceName!, pair, options.StaleBudget, places);
        if (pair is null && !places.Any(place => place.IsUsable(options.StaleBudget, readAt))) Problem = places.FirstOrDefault(place => place.Failure is not null)?.Failure?.Message;
    }

    public IReadOnlyList<PublicKeySourceState> Places { get; }

    public override string? Epoch => null;

    public override long Version => 0;

    public override long ReadAt => _readAt.WallClock.ToUnixTimeMilliseconds();

    public override string? UnresolvedReason => Places.FirstOrDefault(place => place.Failure is not null) is { Failure: { } failure }
        ? $"The key cannot be looked up: {failure.Message}."
        : null;

    public override string? DegradedReason
    {
        get
        {
            if (Places.FirstOrDefault(place => place.Failure is not null) is { Failure: { } failure } place)
            {
                return place.Keys is null ? $"Keys are unavailable: {failure.Message}." : $"The known keys from {place.Name} stay in use: {failure.Message}.";
            }

            return Places.FirstOrDefault(place => place.Keys?.Refused.Count > 0) is { Keys: { } keys } bad ? $"Keys from {bad.Name} are refused: {string.Join("; ", keys.Refused)}." : null;
        }
    }

    public override SigningKey? Current => _pair;

    public override SigningKey? Next => null;

    public override IReadOnlyDictionary<string, long> Revoked => ImmutableDictionary<string, long>.Empty;

    public override IReadOnlyList<PublicKey> PublicKeysOf(string serviceName, ClockReading now) => _pair is not null && serviceName == _serviceName ? [_pair.Public] : [];

    public override TimeSpan UntilRotation(ClockReading now) => TimeSpan.MaxValue;

    public override SigningKey? SigningKey(ClockReading now) => _pair;

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, ClockReading now)
    {
        // Only the own key verifies tokens of this service, and the own key verifies tokens of no other issuer.
        var isOwn = _pair is not null && keyId == _pair.KeyId;
        if (isOwn && (issuer is null || issuer == _serviceName)) return _pair!.Public.Candidates;
        if (isOwn || (_pair is not null && issuer == _serviceName)) return [];

        PublicKey? found = null;
        foreach (var place in Places)
        {
            if (!place.IsUsable(_staleBudget, now) || place.Keys!.Find(keyId) is not { } key) continue;

            // If two sources contain different keys with one id, neither is accepted.
            if (found is not null && found.Thumbprint != key.Thumbprint) return [];
            found = key;
        }

        return found?.Candidates;
    }

    public override IReadOnlyList<SecurityKey> KeylessKeys(ClockReading now) =>
    [
        .. Places.Where(place => place.IsUsable(_staleBudget, now)).SelectMany(place => place.Keys!.Keys).Select(key => key.SecurityKey).Take(KeylessCandidates),
    ];

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var others = Places.Where(place => place.Keys is not null).SelectMany(place => place.Keys!.Keys).Select(key => new RewtKey(key.KeyId, RewtKeyState.Retired, null) { IsForeign = true });
        return [.. _pair is null ? [] : new[] { new RewtKey(_pair.KeyId, RewtKeyState.Current, null) { Issuer = _serviceName } }, .. others];
    }
}
