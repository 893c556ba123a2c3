using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>
/// The result of one read of an app store: all apps of a namespace, and the two values by which the next read detects that nothing has changed.
/// </summary>
/// <param name="Stamp">A random value that changes with every write, so that a check for changes is cheap.</param>
/// <param name="Length">The number of fields in the store. A manual deletion changes it, but not the stamp.</param>
/// <param name="Apps">The apps by id.</param>
internal sealed record AppReading(string Stamp, long Length, FrozenDictionary<string, AppEntry> Apps);
