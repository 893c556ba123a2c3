namespace Rewt.Internal;

/// <summary>
/// One entry in the store's list of the last writes to tenants: the changed tenants, the author, and the <see cref="RingReading.TenantStamp"/> that
/// the write set. From the list, an instance learns which tenants it must read again.
/// </summary>
internal sealed record TenantLogEntry(string Stamp, IReadOnlyList<string> Tenants, string By)
{
    /// <summary>The maximum number of writes in the list. An instance that has missed more writes reads all its tenants again.</summary>
    public const int MostEntries = 64;
}
