using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The public keys of one issuer (a service with key pairs) after one read of the store: those that verify tokens, those that are revoked, and the
/// entries that were refused. <see cref="Read"/> verifies the stored entries and creates it.
/// </summary>
/// <param name="Issuer">The service.</param>
/// <param name="Keys">The keys that verify.</param>
/// <param name="Revoked">All revocations that apply to the service, and when each may be forgotten.</param>
/// <param name="OwnRevoked">The revocations that the service's own ring contains or once contained.</param>
/// <param name="Refused">The entries that failed verification.</param>
internal sealed record IssuerKeys(
    string Issuer,
    IReadOnlyDictionary<string, PublishedKey> Keys,
    IReadOnlyDictionary<string, StoreTime> Revoked,
    IReadOnlyDictionary<string, StoreTime> OwnRevoked,
    IReadOnlyList<RefusedKey> Refused)
{
    private Dictionary<string, Refusal> _refusals = [];
    private AttestationPolicy? _policy;

    /// <summary>Verifies the entries of a reading. An invalid entry does not affect the others.</summary>
    /// <param name="ring">The namespace.</param>
    /// <param name="issuer">The service.</param>
    /// <param name="reading">The entries.</param>
    /// <param name="memory">The revocations.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="previous">The result of the read before.</param>
    /// <param name="policy">The demands on attestations; <see langword="null"/> when there are none.</param>
    /// <param name="latest">With demands, the time by which certificates and attestations end.</param>
    /// <param name="budget">With demands, the verifications that are left.</param>
    public static IssuerKeys Read(
        string ring, string issuer, ServiceReading reading, PairMemory memory, StoreTime now, IssuerKeys? previous, AttestationPolicy? policy = null, StoreTime latest = default, CheckBudget? budget = null)
    {
        var (revocations, ownRevoked) = (memory.RevokedOf(issuer), memory.OwnRevokedOf(issuer));
        var keys = new Dictionary<string, PublishedKey>(StringComparer.Ordinal);
        var refused = new List<RefusedKey>();
        var refusals = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        if (reading.Problem is { } fault) refused.Add(new RefusedKey("the whole ring", fault));
        foreach (var (name, entry) in reading.Entries)
        {
            if (previous is not null && ReferenceEquals(previous._policy, policy) && previous._refusals.TryGetValue(name, out var refusal) && refusal.Is(entry))
            {
                refused.Add(refusal.Key);
                refusals.Add(name, refusal);
                continue;
            }

            var known = previous?.Keys.GetValueOrDefault(name);
            PublishedKey? key = null;
            var problem = (string?)CheckBudget.NotChecked;
            if (policy is null || known is not null || budget?.TryTake() != false) key = PublishedKey.TryRead(entry, name, ring, issuer, known, policy, latest, out problem, known is null ? null : budget);
            if (key is null)
            {
                var reason = new RefusedKey(Names.IsIdentifier(name) ? name : "an entry whose name cannot be printed", problem!);
                refused.Add(reason);
                if (problem is not (AttestationPolicy.NotYetValid or CheckBudget.NotChecked)) refusals.Add(name, Refusal.Of(reason, entry));
            }
            else if (key.Until > now && !revocations.ContainsKey(name)) keys.Add(name, key);
        }

        return new IssuerKeys(issuer, keys, revocations, ownRevoked, refused) { _refusals = refusals, _policy = policy };
    }

    /// <summary>A stored entry that was refused, identified by its hash, so that the next read does not verify the same entry again.</summary>
    private sealed record Refusal(RefusedKey Key, byte[] Hash)
    {
        public static Refusal Of(RefusedKey key, byte[] entry) => new(key, SHA256.HashData(entry));

        public bool Is(byte[] entry) => SHA256.HashData(entry).AsSpan().SequenceEqual(Hash);
    }
}
