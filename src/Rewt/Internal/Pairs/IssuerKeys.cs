namespace Rewt.Internal;

/// <summary>What an instance knows of one service's ring.</summary>
/// <param name="Issuer">The service.</param>
/// <param name="Keys">Its keys that verify.</param>
/// <param name="Dead">Its keys that are dead, whoever revoked them, and when each may be forgotten.</param>
/// <param name="OwnDead">Those of them that its own ring revokes, or once did.</param>
/// <param name="Refused">The entries that are not believed.</param>
internal sealed record IssuerKeys(
    string Issuer,
    IReadOnlyDictionary<string, PublishedKey> Keys,
    IReadOnlyDictionary<string, long> Dead,
    IReadOnlyDictionary<string, long> OwnDead,
    IReadOnlyList<RefusedKey> Refused)
{
    /// <summary>Believes of a reading what can be believed; an entry that cannot changes nothing for the others.</summary>
    public static IssuerKeys Read(string ring, string issuer, ServiceReading reading, PairMemory memory, long now, IssuerKeys? previous)
    {
        var (dead, ownDead) = (memory.DeadOf(issuer), memory.OwnDeadOf(issuer));
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
