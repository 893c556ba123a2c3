namespace Rewt.Internal;

/// <summary>An entry of the store's list of writes to tenants: the stamp that the write set, the tenants that it changed, and its author.</summary>
internal sealed record TenantLogEntry(string Stamp, IReadOnlyList<string> Tenants, string By)
{
    /// <summary>The writes that a store remembers. An instance that has missed more reads all of its tenants.</summary>
    public const int MostEntries = 64;
}
