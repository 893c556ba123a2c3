using System.Collections.Frozen;
using System.Globalization;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The keys of a namespace with key pairs after one read of the store. Requests verify tokens with the public keys of the services in it, and sign
/// with this process's own key pairs in it, until the next read replaces it.
/// </summary>
internal sealed class PairSnapshot : KeySnapshot
{
    /// <summary>The length of a SHA-256 thumbprint (RFC 7638) in base64url.</summary>
    public const int ThumbprintLength = 43;

    private readonly FrozenDictionary<string, IssuerKeys> _issuers;
    private readonly FrozenDictionary<string, string[]> _holders;
    private readonly FrozenSet<string> _revokedEverywhere;
    private readonly LocalKeyPairs _own;
    private readonly string _service;
    private HashSet<PublishedKey> _withdrawn = [];

    /// <param name="issuers">The keys of each service, including this process's published key pairs.</param>
    /// <param name="memory">The revocations.</param>
    /// <param name="own">The key pairs of this process.</param>
    /// <param name="service">The name of this service.</param>
    /// <param name="now">The store's time at the read.</param>
    /// <param name="readAt">When the read began.</param>
    /// <param name="epoch">The random value of this process with which it announces itself; <see langword="null"/> if it does not.</param>
    /// <param name="previous">The previous snapshot.</param>
    public PairSnapshot(IReadOnlyCollection<IssuerKeys> issuers, PairMemory memory, LocalKeyPairs own, string service, StoreTime now, ClockReading readAt, string? epoch, PairSnapshot? previous)
        : base(readAt)
    {
        (_own, _service, ReadAt, Epoch) = (own, service, now, epoch);
        _issuers = issuers.ToFrozenDictionary(issuer => issuer.Issuer, StringComparer.Ordinal);
        _holders = issuers.SelectMany(issuer => issuer.Keys.Keys.Select(keyId => (keyId, issuer.Issuer)))
            .GroupBy(pair => pair.keyId, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Issuer).ToArray(), StringComparer.Ordinal);
        _revokedEverywhere = memory.Everywhere.Keys.ToFrozenSet(StringComparer.Ordinal);
        // A service cannot revoke a key that another service has published.
        Revoked = issuers.SelectMany(issuer => issuer.OwnRevoked.Where(pair => !_holders.ContainsKey(pair.Key))).Concat(memory.Everywhere)
            .GroupBy(pair => pair.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Max(pair => pair.Value), StringComparer.Ordinal);
        Version = previous is null ? 1 : previous.Version + (HasSameKeys(previous) ? 0 : 1);
    }

    public override SigningKey? Current => Alive(_own.Current);

    public override SigningKey? Next => Alive(_own.Next);

    public override IReadOnlyDictionary<string, StoreTime> Revoked { get; }

    /// <summary>A random value of this process. A revocation waits until the other instances have read the store after it, and compares no versions.</summary>
    public override string? Epoch { get; }

    public override string? Publication => _own.Epoch;

    public override long Version { get; }

    public override StoreTime ReadAt { get; }

    /// <summary>The keys of each service.</summary>
    public IReadOnlyDictionary<string, IssuerKeys> Issuers => _issuers;

    /// <summary>A problem with the certificate of this service; <see langword="null"/> when there is none.</summary>
    public string? IdentityReason { get; init; }

    /// <summary>The policy by which the keys were checked last.</summary>
    public AttestationPolicy? Policy { get; set; }

    /// <summary>How far the clocks of two machines may differ.</summary>
    public TimeSpan ClockSkew { get; init; }

    public override string? DegradedReason
    {
        get
        {
            var reason = string.Join(' ', new[] { IdentityReason, RefusedReason, WarningReason }.OfType<string>());
            return reason.Length > 0 ? reason : null;
        }
    }

    private string? RefusedReason
    {
        get
        {
            var refused = _issuers.Values.SelectMany(issuer => issuer.Refused.Select(entry => (Text: $"{issuer.Issuer}, {entry}", entry.Problem))).ToList();
            return refused.Count == 0 ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"{refused.Count} public keys in Redis are refused: {string.Join("; ", refused.DistinctBy(entry => entry.Problem, StringComparer.Ordinal).Take(3).Select(entry => entry.Text))}. Delete entries that no service has made with HDEL; services publish valid ones.");
        }
    }

    /// <summary>
    /// The warning about keys that only an earlier attestation confirms, and about keys that are accepted only because attestations are not required.
    /// </summary>
    private string? WarningReason
    {
        get
        {
            var warnings = _issuers.Values.SelectMany(issuer => issuer.Keys.Values.Where(key => key.Warning is not null).Select(key => (IsUnconfirmed: key.By is null, Text: $"{issuer.Issuer}, {key.Key.KeyId}: {key.Warning}"))).ToLookup(warning => warning.IsUnconfirmed, warning => warning.Text);
            var reasons = warnings.Select(reason => string.Create(
                CultureInfo.InvariantCulture,
                $"{reason.Count()} public keys are accepted only because of {(reason.Key ? "Identity:AcceptUnattested" : "what was read before")}: {string.Join("; ", reason.Take(3))}."));
            return warnings.Count == 0 ? null : string.Join(' ', reasons);
        }
    }

    public static bool IsPossible(string keyId) => keyId.Length == ThumbprintLength && Base64UrlText.Is(keyId);

    /// <summary>
    /// Withdraws the keys that a new policy does not accept, until the next read. Only the one caller that reads the store calls it.
    /// </summary>
    public void Recheck(AttestationPolicy policy, string ring, ClockReading now)
    {
        if (ReferenceEquals(policy, Policy)) return;

        Policy = policy;
        var latest = Latest(now);
        var withdrawn = new HashSet<PublishedKey>(ReferenceEqualityComparer.Instance);
        foreach (var issuer in _issuers.Values) withdrawn.UnionWith(issuer.Keys.Values.Where(key => !key.IsAcceptedBy(policy, ring, issuer.Issuer, latest)));
        Volatile.Write(ref _withdrawn, withdrawn);
    }

    public override TimeSpan UntilRotation(ClockReading now) =>
        Current is null ? TimeSpan.MaxValue : _own.Deadline - StoreTimeAt(now);

    /// <summary>The current key. If it was revoked and no new one could be written, the pending key signs, which receivers already have.</summary>
    public override SigningKey? SigningKey(ClockReading now) => Current ?? Next;

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, ClockReading now)
    {
        if (!IsPossible(keyId)) return [];
        if (issuer is null) return Revoked.ContainsKey(keyId) ? [] : OfAnyIssuer(keyId, now);
        // A revocation in one service's ring must not keep another service's key from being found.
        if (!Names.IsName(issuer) || _revokedEverywhere.Contains(keyId)) return [];
        if (_issuers.TryGetValue(issuer, out var ring))
        {
            if (ring.Revoked.ContainsKey(keyId)) return [];
            if (ring.Keys.TryGetValue(keyId, out var key)) return Verifies(key, now) ? key.Key.Candidates : [];
        }

        // A key belongs to one service only, so no refresh could make it this issuer's.
        return _holders.ContainsKey(keyId) ? [] : null;
    }

    public override IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => _issuers.TryGetValue(serviceName, out var ring)
        ? [.. ring.Keys.Values.Where(key => Verifies(key, now)).Select(key => (key.Key, key.Attestation))]
        : [];

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var own = _own.All(ReadAt).Select(key => key.KeyId).ToHashSet(StringComparer.Ordinal);
        var alive = _issuers.Values.SelectMany(issuer => issuer.Keys.Values.Select(key => View(issuer.Issuer, key, own.Contains(key.Key.KeyId))))
            .OrderBy(key => key.IsForeign).ThenBy(key => key.State).ThenBy(key => key.Issuer, StringComparer.Ordinal).ThenByDescending(key => key.StateEndsAt);
        return [.. alive, .. Revoked.Select(pair => new RewtKey { KeyId = pair.Key, State = RewtKeyState.Revoked, StateEndsAt = pair.Value.ToDateTimeOffset() }).OrderByDescending(key => key.StateEndsAt)];
    }

    /// <summary>Whether the other snapshot has the same keys in the same states.</summary>
    private bool HasSameKeys(PairSnapshot other) =>
        Revoked.Count == other.Revoked.Count && Revoked.Keys.All(other.Revoked.ContainsKey) && States().SetEquals(other.States());

    private RewtKey View(string issuer, PublishedKey key, bool isOwn)
    {
        DateTimeOffset? until = key.State switch
        {
            RewtKeyState.Current => isOwn ? _own.Deadline.ToDateTimeOffset() : null,
            RewtKeyState.Retired => key.Until.ToDateTimeOffset(),
            _ => null,
        };
        return new RewtKey
        {
            KeyId = key.Key.KeyId,
            State = key.State,
            StateEndsAt = until,
            Issuer = issuer,
            IsForeign = !isOwn,
            AttestedBy = key.By?.Name,
            AttestedUntil = key.By?.Until,
            AttestationNote = key.Note,
        };
    }

    private HashSet<(string KeyId, RewtKeyState State)> States() =>
        [.. _issuers.Values.SelectMany(issuer => issuer.Keys.Values.Select(key => (key.Key.KeyId, key.State)))];

    private IReadOnlyList<SecurityKey>? OfAnyIssuer(string keyId, ClockReading now) => _holders.TryGetValue(keyId, out var holders)
        ? [.. holders.Select(holder => _issuers[holder].Keys[keyId]).Where(key => Verifies(key, now)).Select(key => key.Key.SecurityKey)]
        : null;

    /// <summary>
    /// Whether a key verifies now. A current or pending key verifies as long as the snapshot may be used, even if its owner cannot renew it; a
    /// retired key verifies until its time, and each only until its attestation ends.
    /// </summary>
    private bool Verifies(PublishedKey key, ClockReading now) =>
        (!key.IsRetired || StoreTimeAt(now) < key.Until) && Latest(now) < key.ConfirmedUntil && !Volatile.Read(ref _withdrawn).Contains(key);

    private StoreTime Latest(ClockReading now) => AttestationPolicy.Latest(StoreTimeAt(now), now.WallClock, ClockSkew);

    private KeyPair? Alive(LocalKeyPair? key) =>
        key is not null && _issuers.TryGetValue(_service, out var ring) && ring.Keys.ContainsKey(key.KeyId) && !ring.Revoked.ContainsKey(key.KeyId) ? key.Pair : null;
}
