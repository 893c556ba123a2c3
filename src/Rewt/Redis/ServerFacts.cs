using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The facts about a Redis server that <see cref="RedisDoctor"/> has read: its settings, its state, and the permissions of this login. Unknown values
/// are <see langword="null"/>.
/// </summary>
internal sealed record ServerFacts
{
    public Version? Version { get; init; }

    public string? EvictionPolicy { get; init; }

    /// <summary>The memory limit in bytes; 0 for no limit.</summary>
    public long? MemoryLimit { get; init; }

    public bool? HasAppendLog { get; init; }

    /// <summary>The snapshot schedule as in <c>CONFIG GET save</c>; empty for never.</summary>
    public string? Snapshots { get; init; }

    public int? Replicas { get; init; }

    public IReadOnlyList<EndPoint> Servers { get; init; } = [];

    public bool IsEncrypted { get; init; }

    /// <summary>Whether the server refused to run a script.</summary>
    public bool AreScriptsDenied { get; init; }

    /// <summary>Whether the login may publish keys of other services, with which it could sign as they do.</summary>
    public bool CanPublishForOthers { get; init; }

    /// <summary>The commands that the login may not use, each with the key or channel concerned.</summary>
    public IReadOnlyList<string> DeniedCommands { get; init; } = [];

    /// <summary>The sorted sets with more entries than are read, each with that number.</summary>
    public IReadOnlyList<(string Key, int Maximum)> CrowdedKeys { get; init; } = [];

    /// <summary>Whether a published message was received.</summary>
    public bool PushArrives { get; init; } = true;
}
