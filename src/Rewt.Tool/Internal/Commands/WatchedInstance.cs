namespace Rewt.Tool;

/// <summary>An instance and the version of the key ring that it has loaded.</summary>
internal sealed record WatchedInstance(string Instance, long Version, bool IsUpToDate, double SecondsAgo);
