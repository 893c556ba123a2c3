using System.Net;
using System.Net.Sockets;

namespace Rewt.Internal;

/// <summary>Derives findings from the state of a server.</summary>
internal static class ServerDiagnosis
{
    private static readonly Version Oldest = new(6, 2);

    private static readonly string[] WritingCommands = ["SET", "PEXPIREAT", "HSET", "DEL", "ZADD", "EVALSHA"];

    public static IEnumerable<Finding> Of(ServerFacts facts, string ring)
    {
        if (facts.EvictionPolicy is { } policy && policy != "noeviction")
        {
            var when = facts.MemoryLimit is > 0 ? "when memory is short" : "once maxmemory is set";
            yield return Finding.Warning("eviction", $"Redis may drop keys {when} (maxmemory-policy {policy}); CONFIG SET maxmemory-policy noeviction, or give the keys a server of their own.");
        }

        if (facts is { HasAppendLog: false, Snapshots: "", Replicas: 0 })
        {
            yield return Finding.Advice(
                "no-persistence",
                "Redis has no persistence and no replica: a restart makes new keys, which costs no call but forgets revocations once all instances have ended; set appendonly yes, or add a replica.");
        }

        if (facts.Version is { } version && version < Oldest)
        {
            yield return Finding.Warning("old-server", $"The Redis server is version {version}, older than {Oldest}, the first with the rights and commands that keys need; upgrade it.");
        }

        if (!facts.IsEncrypted && facts.Servers.Where(server => !IsThisMachine(server)).Select(Name).ToList() is { Count: > 0 } open)
        {
            yield return Finding.Warning("no-tls", $"The way to {string.Join(", ", open)} is not encrypted, and secrets travel on it; turn TLS on at the server and add ssl=true to the connection string.");
        }

        if (!facts.PushArrives)
        {
            yield return Finding.Warning(
                "no-push",
                $"A message published to Redis did not come back, so revocations are seen by polling only; allow the channels '&{{{ring}:rewt-secret}}:*' with SUBSCRIBE and PUBLISH, and see that no proxy drops them.");
        }

        foreach (var finding in OfRights(facts, ring)) yield return finding;
    }

    private static IEnumerable<Finding> OfRights(ServerFacts facts, string ring)
    {
        if (facts.AreScriptsDenied)
        {
            yield return Finding.Advice(
                "acl", $"Redis lets this login run no scripts (EVAL), so its rights cannot be checked; unless it is a verifier's or the server has no EVAL, give it those that 'rewt acl --role signer --namespace {ring}' prints.");
        }

        if (facts.DeniedCommands.Count == 0) yield break;
        var denied = string.Join(", ", facts.DeniedCommands);
        var isReader = WritingCommands.All(command => facts.DeniedCommands.Any(name => name.Split(' ')[0] == command));
        yield return isReader
            ? Finding.Advice("acl", $"The Redis login can only read the ring: it neither rotates nor revokes, and others must ({denied}).")
            : Finding.Warning("acl", $"The Redis login may not: {denied}; give it the rights that 'rewt acl --role signer --namespace {ring}' prints.");
    }

    private static bool IsThisMachine(EndPoint server) => server switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => Loopback.IsLoopback(dns.Host),
        _ => server.AddressFamily == AddressFamily.Unix,
    };

    public static string Name(EndPoint server) => server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : server.ToString() ?? "the server";
}
