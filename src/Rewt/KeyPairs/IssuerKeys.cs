using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The public keys of one issuer (a service with key pairs) after one read of the store: the keys that verify tokens, the revoked keys and the
/// refused entries. The method <see cref="Read"/> verifies the stored entries and creates the object.
/// </summary>
/// <param name="Issuer">The name of the service.</param>
/// <param name="Keys">The keys that verify tokens.</param>
/// <param name="Revoked">All revocations that apply to the service: the key ids, each with the end of its retention time.</param>
/// <param name="OwnRevoked">The revocations in the service's own ring, including revocations that the store has lost.</param>
/// <param name="Refused">The entries whose verification failed.</param>
internal sealed record IssuerKeys(
    string Issuer,
    IReadOnlyDictionary<KeyId, PublishedKey> Keys,
    IReadOnlyDictionary<KeyId, StoreTime> Revoked,
    IReadOnlyDictionary<KeyId, StoreTime> OwnRevoked,
    IReadOnlyList<RefusedKey> Refused)
{
    private HashSet<string> _unchecked = [];
    private string? _problem;
    private Dictionary<string, Refusal> _refusals = [];
    private AttestationPolicy? _policy;

    /// <summary>
    /// Verifies the stored entries of a service. An invalid entry does not affect other entries. The ends of certificates and attestations are compared
    /// with <paramref name="latest"/>, and all other times with <paramref name="now"/>, which is the time of the read by the clock of the store.
    /// </summary>
    public static IssuerKeys Read(
        PairRingId ring, ServiceReading reading, PairMemory memory, StoreTime now, IssuerKeys? previous, AttestationPolicy? policy, StoreTime latest, CheckBudget budget)
    {
        var (revocations, ownRevoked) = (memory.RevokedOf(ring.Service), memory.OwnRevokedOf(ring.Service));
        var keys = new Dictionary<KeyId, PublishedKey>();
        var refused = new List<RefusedKey>();
        var refusals = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        var notChecked = new HashSet<string>(StringComparer.Ordinal);
        if (reading.Problem is { } fault) refused.Add(new RefusedKey("the whole ring", fault));
        foreach (var (name, entry) in reading.Entries)
        {
            if (previous is not null && ReferenceEquals(previous._policy, policy) && previous._refusals.TryGetValue(name, out var refusal) && refusal.Is(entry))
            {
                refused.Add(refusal.Key);
                refusals.Add(name, refusal);
                continue;
            }

            var known = KeyId.TryParse(name) is { } keyId ? previous?.Keys.GetValueOrDefault(keyId) : null;
            PublishedKey? key = null;
            var problem = (string?)CheckBudget.NotChecked;
            if (policy is null || known is not null || budget.TryTake()) key = PublishedKey.TryRead(entry, name, ring, known, policy, latest, out problem, known is null ? null : budget);
            if (key is null)
            {
                var reason = new RefusedKey(Names.IsIdentifier(name) ? name : "an entry whose name cannot be printed", problem!);
                refused.Add(reason);
                if (problem == CheckBudget.NotChecked) notChecked.Add(name);
                else if (problem != AttestationPolicy.NotYetValid) refusals.Add(name, Refusal.Of(reason, entry));
            }
            else if (key.Until > now && !revocations.ContainsKey(key.Key.KeyId)) keys.Add(key.Key.KeyId, key);
        }

        return new IssuerKeys(ring.Service, keys, revocations, ownRevoked, refused) { _refusals = refusals, _unchecked = notChecked, _problem = reading.Problem, _policy = policy };
    }

    /// <summary>Returns whether the entry of a key has not been verified yet, because too many entries are new. The next read continues.</summary>
    public bool IsUnchecked(KeyId keyId) => _unchecked.Contains(keyId.ToString());

    /// <summary>Returns the refused entry of a key; <see langword="null"/> if there is no such entry.</summary>
    public RefusedKey? RefusedKeyOf(KeyId keyId) => _refusals.GetValueOrDefault(keyId.ToString())?.Key;

    /// <summary>
    /// Returns the reason why a missing key may nevertheless belong to the service; <see langword="null"/> if the key does not belong to it.
    /// </summary>
    public string? UnresolvedReason(KeyId keyId) =>
        _problem is not null ? $"The public keys of '{Issuer}' cannot be read: {_problem}."
        : IsUnchecked(keyId) ? $"The public key of '{Issuer}' cannot be used: {CheckBudget.NotChecked}."
        : null;

    /// <summary>
    /// A stored entry that was refused. The entry is identified by its hash, so that the next read does not verify the same entry again.
    /// </summary>
    private sealed record Refusal(RefusedKey Key, byte[] Hash)
    {
        public static Refusal Of(RefusedKey key, byte[] entry) => new(key, SHA256.HashData(entry));

        public bool Is(byte[] entry) => SHA256.HashData(entry).AsSpan().SequenceEqual(Hash);
    }
}
