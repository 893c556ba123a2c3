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
        Conflict = ConflictOf(pair, places);
        if (pair is null && !places.Any(place => place.IsUsable(options.StaleBudget, readAt))) Problem = places.FirstOrDefault(place => place.Failure is not null)?.Failure?.Message;
    }

    public IReadOnlyList<PublicKeySourceState> Places { get; }

    public override string? Epoch => null;

    public override long Version => 0;

    public override StoreTime ReadAt => StoreTime.From(_readAt.WallClock);

    /// <summary>The first key id that is of different keys in two sources; <see langword="null"/> when there is none.</summary>
    public string? Conflict { get; }

    /// <summary>Ends when a source that was still being read has answered.</summary>
    public required PendingRead LateAnswer { get; init; }

    /// <summary>A source that failed before is not waited for: it usually fails again.</summary>
    public override PendingRead? UnansweredSince(ClockReading asked) =>
        Places.Any(place => place is { IsPending: true, Failure: null } && !place.IsAnsweredSince(asked)) ? LateAnswer : null;

    public override string? UnresolvedReason => Places.FirstOrDefault(place => place.Failure is not null || (place.IsPending && !place.IsRecent(_readAt))) is { } place
        ? $"The key cannot be looked up: {place.Failure?.Message ?? $"{place.Name} has not answered yet"}."
        : null;

    public override string? DegradedReason
    {
        get
        {
            var failed = Places.Where(place => place.Failure is not null)
                .Select(place => place.Keys is null ? $"Keys are unavailable: {place.Failure!.Message}." : $"The known keys from {place.Name} stay in use: {place.Failure!.Message}.");
            var refused = Places.Where(place => place.Keys?.Refused.Count > 0).Select(place => $"Keys from {place.Name} are refused: {string.Join("; ", place.Keys!.Refused)}.");
            var pending = Places.Where(place => place is { IsPending: true, Keys: null, Failure: null }).Select(place => $"The keys from {place.Name} have not been read yet.");
            var reasons = string.Join(' ', failed.Take(1).Concat(pending.Take(1)).Concat(refused.Take(1)).Append(Conflict));
            return reasons.Length > 0 ? reasons.TrimEnd() : null;
        }
    }

    public override string? VerificationProblem(ClockReading now) =>
        Places.Count > 0 && !Places.Any(place => place.IsUsable(_staleBudget, now)) ? DegradedReason ?? "No keys to verify with are available." : null;

    public override SigningKey? Current => _pair;

    public override SigningKey? Next => null;

    public override IReadOnlyDictionary<string, StoreTime> Revoked => ImmutableDictionary<string, StoreTime>.Empty;

    public override IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => _pair is not null && serviceName == _serviceName ? [(_pair.Public, null)] : [];

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

            // If two sources contain different keys with one id, neither is accepted; see Conflict.
            if (found is not null && !IsSame(found, key)) return [];
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
        var others = Places.Where(place => place.Keys is not null).SelectMany(place => place.Keys!.Keys).Select(key => new RewtKey { KeyId = key.KeyId, State = RewtKeyState.Retired, IsForeign = true });
        return [.. _pair is null ? [] : new[] { new RewtKey { KeyId = _pair.KeyId, State = RewtKeyState.Current, Issuer = _serviceName } }, .. others];
    }

    private static string? ConflictOf(KeyPair? pair, IReadOnlyList<PublicKeySourceState> places)
    {
        var known = new Dictionary<string, (string Name, PublicKey Key)>(StringComparer.Ordinal);
        if (pair is not null) known.Add(pair.KeyId, ("this service's own key", pair.Public));
        foreach (var place in places)
        {
            foreach (var key in place.Keys?.Keys ?? [])
            {
                if (known.TryAdd(key.KeyId, (place.Name, key)) || IsSame(known[key.KeyId].Key, key)) continue;
                return $"The key id '{key.KeyId}' has different keys or algorithms in {known[key.KeyId].Name} and {place.Name}: tokens that name it are refused. Give one of the keys another kid, or register a scheme for each signer.";
            }
        }

        return null;
    }

    private static bool IsSame(PublicKey one, PublicKey other) => one.Thumbprint == other.Thumbprint && one.Algorithm == other.Algorithm;
}
