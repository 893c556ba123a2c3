using System.Net;

namespace Rewt.Internal;

/// <summary>
/// The facts about a Redis server that <see cref="RedisDoctor"/> has read: the settings and the state of the server, and the permissions of the Redis
/// user. Unknown values are <see langword="null"/>.
/// </summary>
internal sealed record ServerFacts
{
    public Version? Version { get; init; }

    public string? EvictionPolicy { get; init; }

    /// <summary>The memory limit of the server in bytes; 0 if there is no limit.</summary>
    public long? MemoryLimit { get; init; }

    public bool? HasAppendLog { get; init; }

    /// <summary>
    /// The schedule of the server's snapshots, as <c>CONFIG GET save</c> returns it. The text is empty if the server makes no snapshots.
    /// </summary>
    public string? Snapshots { get; init; }

    public int? Replicas { get; init; }

    public IReadOnlyList<EndPoint> Servers { get; init; } = [];

    public bool IsEncrypted { get; init; }

    /// <summary>Whether the server refused to run a script.</summary>
    public bool AreScriptsDenied { get; init; }

    /// <summary>Whether the Redis user may publish keys of every service. Such a user could sign in the name of each service.</summary>
    public bool CanPublishForAll { get; init; }

    /// <summary>The other services whose keys the Redis user may publish. Such a user could sign in the name of these services.</summary>
    public IReadOnlyList<string> CanPublishFor { get; init; } = [];

    /// <summary>The commands that the Redis user may not use, each with the Redis key or channel.</summary>
    public IReadOnlyList<string> DeniedCommands { get; init; } = [];

    /// <summary>The sorted sets that have more entries than this library reads, each with the maximum number of entries that are read.</summary>
    public IReadOnlyList<(string Key, int Maximum)> CrowdedKeys { get; init; } = [];

    /// <summary>Whether the namespace has tenants.</summary>
    public bool HasTenants { get; init; }

    /// <summary>Whether the namespace has trusted apps.</summary>
    public bool HasApps { get; init; }

    /// <summary>Whether the published test message was received.</summary>
    public bool PushArrives { get; init; } = true;
}
