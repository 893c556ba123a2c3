using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>All apps as a store held them at one moment.</summary>
/// <param name="Stamp">Random with each change, so that a look costs little while there is none.</param>
/// <param name="Length">How many fields the store holds: what a human deletes by hand does not change the stamp.</param>
/// <param name="Apps">The apps by id.</param>
internal sealed record AppReading(string Stamp, long Length, FrozenDictionary<string, AppEntry> Apps);
