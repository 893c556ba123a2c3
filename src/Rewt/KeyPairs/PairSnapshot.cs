using System.Collections.Frozen;
using System.Globalization;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The immutable keys of a namespace whose services sign with key pairs, after one read of the store. Until the next read, requests verify tokens
/// with the public keys of the services, and sign with the key pairs of this process.
/// </summary>
internal sealed class PairSnapshot : KeySnapshot
{
    private readonly FrozenDictionary<KeyId, string[]> _holders;
    private readonly FrozenSet<KeyId> _revokedEverywhere;
    private readonly LocalKeyPairs _own;
    private readonly string _service;
    private HashSet<PublishedKey> _withdrawn = [];

    /// <summary>
    /// Creates a snapshot. The keys in <paramref name="issuers"/> include the published key pairs of this process. The time <paramref name="now"/> is
    /// the time of the read by the clock of the store, and <paramref name="readAt"/> is the beginning of the read by the clocks of this instance.
    /// </summary>
    public PairSnapshot(IReadOnlyCollection<IssuerKeys> issuers, PairMemory memory, LocalKeyPairs own, string service, StoreTime now, ClockReading readAt, string? epoch, PairSnapshot? previous)
        : base(readAt)
    {
        (_own, _service, ReadAt, Epoch) = (own, service, now, epoch);
        Issuers = issuers.ToFrozenDictionary(issuer => issuer.Issuer, StringComparer.Ordinal);
        _holders = issuers.SelectMany(issuer => issuer.Keys.Keys.Select(keyId => (keyId, issuer.Issuer)))
            .GroupBy(pair => pair.keyId)
            .ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Issuer).ToArray());
        _revokedEverywhere = memory.Everywhere.Keys.ToFrozenSet();
        // A service cannot revoke a key that another service has published.
        Revoked = issuers.SelectMany(issuer => issuer.OwnRevoked.Where(pair => !_holders.ContainsKey(pair.Key))).Concat(memory.Everywhere)
            .GroupBy(pair => pair.Key)
            .ToFrozenDictionary(group => group.Key, group => group.Max(pair => pair.Value));
        Version = previous is null ? 1 : previous.Version + (HasSameKeys(previous) ? 0 : 1);
    }

    public override SigningKey? Current => Alive(_own.Current);

    public override SigningKey? Next => Alive(_own.Next);

    public override IReadOnlyDictionary<KeyId, StoreTime> Revoked { get; }

    /// <summary>
    /// A random value that identifies this process. Because each process has its own value, the key versions of two instances are not compared.
    /// Instead, a revocation counts as confirmed when the other instances have read the store after the revocation.
    /// </summary>
    public override string? Epoch { get; }

    public override string? Publication => _own.Epoch;

    public override long Version { get; }

    public override StoreTime ReadAt { get; }

    /// <summary>The time at which the command that created this snapshot wrote a revocation; <see langword="null"/> if it wrote none.</summary>
    public StoreTime? RevokedAt { get; set; }

    public override StoreTime ConfirmedFrom => RevokedAt ?? ReadAt;

    /// <summary>The keys of each service, by the name of the service.</summary>
    public FrozenDictionary<string, IssuerKeys> Issuers { get; }

    /// <summary>The problem of this service's certificate; <see langword="null"/> if there is none.</summary>
    public string? IdentityReason { get; init; }

    /// <summary>The report of a recent deletion of this service's published keys; <see langword="null"/> if there was none.</summary>
    public string? DeletionReason { get; init; }

    /// <summary>The policy with which the attestations were last checked.</summary>
    public AttestationPolicy? Policy { get; set; }

    /// <summary>The largest permitted difference between the clocks of two machines.</summary>
    public TimeSpan ClockSkew { get; init; }

    public override string? DegradedReason
    {
        get
        {
            var reason = string.Join(' ', new[] { IdentityReason, DeletionReason, RefusedReason, WarningReason }.OfType<string>());
            return reason.Length > 0 ? reason : null;
        }
    }

    public override string NoSigningKey(string name, string section) =>
        WriteRefusal is null && IdentityReason is { } reason ? $"The key ring '{name}' has no signing key. {reason}" : base.NoSigningKey(name, section);

    private string? RefusedReason
    {
        get
        {
            var refused = Issuers.Values.SelectMany(issuer => issuer.Refused.Select(entry => (Text: $"{issuer.Issuer}, {entry}", entry.Problem))).ToList();
            return refused.Count == 0 ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"{refused.Count} public keys in Redis are refused: {string.Join("; ", refused.DistinctBy(entry => entry.Problem, StringComparer.Ordinal).Take(3).Select(entry => entry.Text))}. Delete entries that no service has made with HDEL; services publish valid ones.");
        }
    }

    /// <summary>
    /// The warning about accepted keys whose last entry or attestation has a problem: keys that an earlier attestation still confirms, and keys that
    /// are accepted although no certificate confirms them.
    /// </summary>
    private string? WarningReason
    {
        get
        {
            var warnings = Issuers.Values.SelectMany(issuer => issuer.Keys.Values.Where(key => key.Warning is not null).Select(key => (IsUnconfirmed: key.By is null, Text: $"{issuer.Issuer}, {key.Key.KeyId}: {key.Warning}"))).ToLookup(warning => warning.IsUnconfirmed, warning => warning.Text);
            var reasons = warnings.Select(reason => string.Create(
                CultureInfo.InvariantCulture,
                $"{reason.Count()} public keys are accepted only because of {(reason.Key ? "Identity:AcceptUnattested" : "what was read before")}: {string.Join("; ", reason.Take(3))}."));
            return warnings.Count == 0 ? null : string.Join(' ', reasons);
        }
    }

    /// <summary>
    /// Removes from this snapshot the keys that a new policy does not accept. Only the code that reads the store may call this method.
    /// </summary>
    public void Recheck(AttestationPolicy policy, string @namespace, ClockReading now)
    {
        if (ReferenceEquals(policy, Policy)) return;

        Policy = policy;
        var latest = Latest(now);
        var withdrawn = new HashSet<PublishedKey>(ReferenceEqualityComparer.Instance);
        foreach (var issuer in Issuers.Values) withdrawn.UnionWith(issuer.Keys.Values.Where(key => !key.IsAcceptedBy(policy, new(@namespace, issuer.Issuer), latest)));
        Volatile.Write(ref _withdrawn, withdrawn);
    }

    public override TimeSpan UntilRotation(ClockReading now) =>
        Current is null ? TimeSpan.MaxValue : _own.Deadline - StoreTimeAt(now);

    /// <summary>
    /// Returns the current key. If the current key was revoked and no new key could be written, the pending key is returned, because receivers
    /// already have it.
    /// </summary>
    public override SigningKey? SigningKey(ClockReading now) => Current ?? Next;

    public override IReadOnlyList<SecurityKey>? Known(string? issuer, KeyId keyId, ClockReading now)
    {
        if (!keyId.IsOfKeyPair) return [];
        if (issuer is null) return Revoked.ContainsKey(keyId) ? [] : OfAnyIssuer(keyId, now);
        // A revocation in one service's ring must not keep another service's key from being found.
        if (!Names.IsName(issuer) || _revokedEverywhere.Contains(keyId)) return [];
        if (Issuers.TryGetValue(issuer, out var ring))
        {
            if (ring.Revoked.ContainsKey(keyId)) return [];
            if (ring.Keys.TryGetValue(keyId, out var key)) return Verifies(key, now) ? key.Key.Candidates : [];
        }

        // A key belongs to one service only, so no refresh could make it this issuer's.
        return _holders.ContainsKey(keyId) ? [] : null;
    }

    public override bool IsUnchecked(string? issuer, KeyId keyId) => issuer is not null && Issuers.GetValueOrDefault(issuer)?.IsUnchecked(keyId) == true;

    public override string? UnresolvedReason(string? issuer, KeyId? keyId) =>
        issuer is not null && keyId is { } named ? Issuers.GetValueOrDefault(issuer)?.UnresolvedReason(named) : null;

    public override RefusedKey? RefusedKeyOf(string? issuer, KeyId keyId) => issuer is null ? null : Issuers.GetValueOrDefault(issuer)?.RefusedKeyOf(keyId);

    public override IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => Issuers.TryGetValue(serviceName, out var ring)
        ? [.. ring.Keys.Values.Where(key => Verifies(key, now)).Select(key => (key.Key, key.Attestation))]
        : [];

    public override IReadOnlyList<RewtKey> ToKeys()
    {
        var own = _own.All(ReadAt).Select(key => key.KeyId).ToHashSet();
        var alive = Issuers.Values.SelectMany(issuer => issuer.Keys.Values.Select(key => View(issuer.Issuer, key, own.Contains(key.Key.KeyId))))
            .OrderBy(key => key.IsForeign).ThenBy(key => key.State).ThenBy(key => key.Issuer, StringComparer.Ordinal).ThenByDescending(key => key.StateEndsAt);
        return [.. alive, .. RevokedKeys];
    }

    /// <summary>Returns whether another snapshot has the same keys in the same states.</summary>
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
            KeyId = key.Key.KeyId.ToString(),
            State = key.State,
            StateEndsAt = until,
            Issuer = issuer,
            IsForeign = !isOwn,
            AttestedBy = key.By?.Name,
            AttestedUntil = key.By?.Until,
            AttestationNote = key.Note,
        };
    }

    private HashSet<(KeyId KeyId, RewtKeyState State)> States() =>
        [.. Issuers.Values.SelectMany(issuer => issuer.Keys.Values.Select(key => (key.Key.KeyId, key.State)))];

    private IReadOnlyList<SecurityKey>? OfAnyIssuer(KeyId keyId, ClockReading now) => _holders.TryGetValue(keyId, out var holders)
        ? [.. holders.Select(holder => Issuers[holder].Keys[keyId]).Where(key => Verifies(key, now)).Select(key => key.Key.SecurityKey)]
        : null;

    /// <summary>
    /// Returns whether a key verifies now. A current or pending key verifies as long as the snapshot may be used, even if the owner cannot renew the
    /// entry. A retired key verifies until its entry expires. If attestations are required, no key verifies after its attestation has ended.
    /// </summary>
    private bool Verifies(PublishedKey key, ClockReading now) =>
        (!key.IsRetired || StoreTimeAt(now) < key.Until) && Latest(now) < key.ConfirmedUntil && !Volatile.Read(ref _withdrawn).Contains(key);

    private StoreTime Latest(ClockReading now) => AttestationPolicy.Latest(StoreTimeAt(now), now.WallClock, ClockSkew);

    private KeyPair? Alive(LocalKeyPair? key) =>
        key is not null && Issuers.TryGetValue(_service, out var ring) && ring.Keys.ContainsKey(key.KeyId) && !ring.Revoked.ContainsKey(key.KeyId) ? key.Pair : null;
}
