namespace Rewt.Internal;

/// <summary>
/// One write in the store's list of the last writes to tenants, from which an instance learns which tenants to read again: the tenants that it
/// changed, its author, and the <see cref="RingReading.TenantStamp"/> that it set.
/// </summary>
internal sealed record TenantLogEntry(string Stamp, IReadOnlyList<string> Tenants, string By)
{
    /// <summary>The writes that a store remembers. An instance that has missed more reads all of its tenants.</summary>
    public const int MostEntries = 64;
}
