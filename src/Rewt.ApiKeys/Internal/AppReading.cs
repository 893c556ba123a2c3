using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>
/// The result of one read of the store: all trusted apps of a namespace, and two values by which the next read detects whether the store has changed.
/// </summary>
/// <param name="Stamp">A random value that each write of this library replaces. A read of this value is enough to detect such a write.</param>
/// <param name="Length">The number of fields in the store. A manual deletion changes the number, but not the stamp.</param>
/// <param name="Apps">The apps by id.</param>
internal sealed record AppReading(string Stamp, long Length, FrozenDictionary<string, AppEntry> Apps);
