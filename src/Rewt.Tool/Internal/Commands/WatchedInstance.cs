namespace Rewt.Tool;

/// <summary>A live instance in the output of <c>rewt watch</c>, and the version of the key ring that it has loaded.</summary>
internal sealed record WatchedInstance(string Instance, long Version, bool IsUpToDate, double SecondsAgo);
