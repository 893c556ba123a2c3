namespace Rewt.Internal;

/// <summary>The verified content of one service's ring.</summary>
/// <param name="Issuer">The service.</param>
/// <param name="Keys">The keys that verify.</param>
/// <param name="Revoked">All revocations that apply to the service, and when each may be forgotten.</param>
/// <param name="OwnDead">The revocations that the service's own ring contains or once contained.</param>
/// <param name="Refused">The entries that failed verification.</param>
internal sealed record IssuerKeys(
    string Issuer,
    IReadOnlyDictionary<string, PublishedKey> Keys,
    IReadOnlyDictionary<string, long> Revoked,
    IReadOnlyDictionary<string, long> OwnDead,
    IReadOnlyList<RefusedKey> Refused)
{
    /// <summary>Verifies the entries of a reading. An invalid entry does not affect the others.</summary>
    public static IssuerKeys Read(string ring, string issuer, ServiceReading reading, PairMemory memory, long now, IssuerKeys? previous)
    {
        var (dead, ownDead) = (memory.RevokedOf(issuer), memory.OwnDeadOf(issuer));
        var keys = new Dictionary<string, PublishedKey>(StringComparer.Ordinal);
        var refused = new List<RefusedKey>();
        if (reading.Problem is { } fault) refused.Add(new RefusedKey("the whole ring", fault));
        foreach (var (name, entry) in reading.Entries)
        {
            var key = PublishedKey.TryRead(entry, name, ring, issuer, previous?.Keys.GetValueOrDefault(name), out var problem);
            if (key is null) refused.Add(new RefusedKey(Names.IsIdentifier(name) ? name : "an entry whose name cannot be printed", problem!));
            else if (key.Until > now && !dead.ContainsKey(name)) keys.Add(name, key);
        }

        return new IssuerKeys(issuer, keys, dead, ownDead, refused);
    }
}
