using System.Net;

namespace Rewt.Internal;

/// <summary>What a Redis server says of itself and lets this login do; what it does not say is <see langword="null"/>.</summary>
internal sealed record ServerFacts
{
    public Version? Version { get; init; }

    public string? EvictionPolicy { get; init; }

    /// <summary>Bytes; 0 for no limit.</summary>
    public long? MemoryLimit { get; init; }

    public bool? HasAppendLog { get; init; }

    /// <summary>When snapshots are made, as in <c>CONFIG GET save</c>; empty for never.</summary>
    public string? Snapshots { get; init; }

    public int? Replicas { get; init; }

    public IReadOnlyList<EndPoint> Servers { get; init; } = [];

    public bool IsEncrypted { get; init; }

    /// <summary>The server turned a script down.</summary>
    public bool AreScriptsDenied { get; init; }

    /// <summary>Commands that the login may not use, each with what it may not use it on.</summary>
    public IReadOnlyList<string> DeniedCommands { get; init; } = [];

    /// <summary>A message that was published came back.</summary>
    public bool PushArrives { get; init; } = true;
}
