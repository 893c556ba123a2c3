namespace Rewt.Tool;

/// <summary>An instance and the ring it holds.</summary>
internal sealed record WatchedInstance(string Instance, long Version, bool IsUpToDate, double SecondsAgo);
