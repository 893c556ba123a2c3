using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The immutable result of one refresh of configured keys. The snapshot contains the private key to sign with, if one is configured, and the public
/// keys to verify with.
/// </summary>
internal sealed class ConfiguredKeysSnapshot : KeySnapshot
{
    /// <summary>The maximum number of keys that are tried for a token without a key id.</summary>
    private const int KeylessCandidates = 4;

    /// <summary>The maximum number of further key ids that the sentence about conflicts contains.</summary>
    private const int MostNamed = 3;

    private readonly ClockReading _readAt;
    private readonly string _serviceName;
    private readonly KeyPair? _pair;
    private readonly TimeSpan _staleBudget;

    public ConfiguredKeysSnapshot(ClockReading readAt, RewtOptions options, KeyPair? pair, IReadOnlyList<PublicKeySourceState> sources)
        : base(readAt)
    {
        (_readAt, _serviceName, _pair, _staleBudget, Sources) = (readAt, options.ServiceName!, pair, options.StaleBudget, sources);
        Conflict = ConflictOf(pair, sources);
        if (pair is null && !sources.Any(source => source.IsUsable(options.StaleBudget, readAt))) Problem = sources.FirstOrDefault(source => source.Failure is not null)?.Failure?.Message;
    }

    public IReadOnlyList<PublicKeySourceState> Sources { get; }

    public override string? Epoch => null;

    public override long Version => 0;

    public override StoreTime ReadAt => StoreTime.From(_readAt.WallClock);

    /// <summary>
    /// A sentence about the key ids that belong to different keys in two sources; <see langword="null"/> if there is no such key id.
    /// </summary>
    public string? Conflict { get; }

    /// <summary>
    /// If a source did not answer during the refresh, requests can wait for this read. The wait ends when one of the late sources answers.
    /// </summary>
    public required PendingRead LateAnswer { get; init; }

    /// <summary>
    /// Returns the read of the sources that have not answered yet, so that a request can wait for it. A request does not wait for a source that has
    /// failed before, because such a source usually fails again.
    /// </summary>
    public override PendingRead? UnansweredSince(ClockReading asked) =>
        Sources.Any(source => source is { IsPending: true, Failure: null } && !source.IsAnsweredSince(asked)) ? LateAnswer : null;

    public override string? UnresolvedReason(string? issuer, KeyId? keyId) => Sources.FirstOrDefault(source => source.Failure is not null || (source.IsPending && !source.IsRecent(_readAt))) is { } source
        ? $"The key cannot be looked up: {source.Failure?.Message ?? $"{source.Name} has not answered yet"}."
        : null;

    public override string? DegradedReason
    {
        get
        {
            var failed = Sources.Where(source => source.Failure is not null)
                .Select(source => source.Keys is null ? $"Keys are unavailable: {source.Failure!.Message}." : $"{KnownKeysOf(source)}: {source.Failure!.Message}.");
            var refused = Sources.Where(source => source.Keys?.Faulty.Any() == true).Select(source => $"Keys from {source.Name} are refused: {string.Join("; ", source.Keys!.Faulty)}.");
            var pending = Sources.Where(source => source is { IsPending: true, Failure: null } && (source.Keys is null || source.IsOverdue(_readAt)))
                .Select(source => source.Keys is null ? $"The keys from {source.Name} have not been read yet." : $"{KnownKeysOf(source)}: it does not answer.");
            var reasons = string.Join(' ', failed.Take(1).Concat(pending.Take(1)).Concat(refused.Take(1)).Append(Conflict));
            return reasons.Length > 0 ? reasons.TrimEnd() : null;
        }
    }

    public override bool CanChange => false;

    public override string NoSigningKey(string name, string section) => $"No signing key is configured. Set {section}:SigningKey:File if this service is to sign tokens.";

    public override string? UnhealthyReason(string name, ClockReading now) =>
        Sources.Count > 0 && !Sources.Any(source => source.IsUsable(_staleBudget, now)) ? DegradedReason ?? "No keys to verify with are available." : null;

    public override SigningKey? Current => _pair;

    public override SigningKey? Next => null;

    public override IReadOnlyDictionary<KeyId, StoreTime> Revoked => ImmutableDictionary<KeyId, StoreTime>.Empty;

    public override IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => _pair is not null && serviceName == _serviceName ? [(_pair.Public, null)] : [];

    public override TimeSpan UntilRotation(ClockReading now) => TimeSpan.MaxValue;

    public override SigningKey? SigningKey(ClockReading now) => _pair;

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, KeyId keyId, ClockReading now)
    {
        // Only the own key verifies tokens of this service, and the own key verifies tokens of no other issuer.
        var isOwn = _pair is not null && keyId == _pair.KeyId;
        if (isOwn && (issuer is null || issuer == _serviceName)) return _pair!.Public.Candidates;
        if (isOwn || (_pair is not null && issuer == _serviceName)) return [];

        PublicKey? found = null;
        foreach (var source in Sources)
        {
            if (!source.IsUsable(_staleBudget, now) || source.Keys!.Find(keyId) is not { } key) continue;

            // If two sources contain different keys with one id, neither is accepted; see Conflict.
            if (found is not null && !IsSame(found, key)) return [];
            found = key;
        }

        return found?.Candidates;
    }

    public override IReadOnlyList<SecurityKey> KeylessKeys(ClockReading now) =>
    [
        .. Sources.Where(source => source.IsUsable(_staleBudget, now)).SelectMany(source => source.Keys!.Keys).Select(key => key.SecurityKey).Take(KeylessCandidates),
    ];

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var others = Sources.Where(source => source.Keys is not null).SelectMany(source => source.Keys!.Keys).Select(key => new RewtKey { KeyId = key.KeyId.ToString(), State = RewtKeyState.Retired, IsForeign = true });
        return [.. _pair is null ? [] : new[] { new RewtKey { KeyId = _pair.KeyId.ToString(), State = RewtKeyState.Current, Issuer = _serviceName } }, .. others];
    }

    private string KnownKeysOf(PublicKeySourceState source) =>
        $"The known keys from {source.Name} {(source.IsUsable(_staleBudget, _readAt) ? "stay in use" : "are no longer used")}";

    private static string? ConflictOf(KeyPair? pair, IReadOnlyList<PublicKeySourceState> sources)
    {
        var known = new Dictionary<KeyId, (string Name, PublicKey Key)>();
        if (pair is not null) known.Add(pair.KeyId, ("this service's own key", pair.Public));
        var conflicts = new Dictionary<KeyId, (string One, string Other)>();
        foreach (var source in sources)
        {
            foreach (var key in source.Keys?.Keys ?? [])
            {
                if (known.TryAdd(key.KeyId, (source.Name, key)) || IsSame(known[key.KeyId].Key, key)) continue;
                conflicts.TryAdd(key.KeyId, (known[key.KeyId].Name, source.Name));
            }
        }

        if (conflicts.Count == 0) return null;
        var (keyId, (one, other)) = conflicts.First();
        var more = conflicts.Keys.Skip(1).Take(MostNamed).Select(name => $"'{name}'").Concat(conflicts.Count - 1 > MostNamed ? [$"{conflicts.Count - 1 - MostNamed} more"] : []).ToList();
        var also = more.Count > 0 ? $" (also {string.Join(", ", more)})" : string.Empty;
        return $"The key id '{keyId}'{also} has different keys or algorithms in {one} and {other}: tokens that name it are refused. Give one of the keys another kid, or register a scheme for each signer.";
    }

    private static bool IsSame(PublicKey one, PublicKey other) => one.Thumbprint == other.Thumbprint && one.Algorithm == other.Algorithm;
}
