using System.Net;
using System.Net.Sockets;

namespace Rewt.Internal;

/// <summary>Returns the findings about a Redis server that <c>rewt doctor</c> reports, each with its solution.</summary>
internal static class ServerDiagnosis
{
    private static readonly Version Oldest = new(6, 2);

    private static readonly string[] WritingCommands = ["SET", "PEXPIREAT", "HSET", "DEL", "ZADD", "EVALSHA"];

    public static IEnumerable<Finding> Of(ServerFacts facts, string @namespace)
    {
        if (facts.EvictionPolicy is { } policy && policy != "noeviction")
        {
            var when = facts.MemoryLimit is > 0 ? "when memory is low" : "when maxmemory is set";
            yield return Finding.Warning("eviction", $"Redis may drop keys {when} (maxmemory-policy {UntrustedText.Escape(policy)}); run CONFIG SET maxmemory-policy noeviction, or use a separate server for the keys.");
        }

        if (facts is { HasAppendLog: false, Snapshots: "", Replicas: 0 })
        {
            const string Loss = "Redis has no persistence and no replica: a restart creates new keys, which fails no call, but revocations are lost when all instances have ended";
            const string Repair = "set appendonly yes, or add a replica.";
            var tenants = facts.HasTenants ? ", and a deleted tenant that no instance has in memory is valid again" : "";
            var apps = facts.HasApps ? ", and the API keys of all trusted apps are lost" : "";
            yield return facts.HasTenants || facts.HasApps
                ? Finding.Warning("no-persistence", $"{Loss}{tenants}{apps}; {Repair}")
                : Finding.Advice("no-persistence", $"{Loss}; {Repair}");
        }

        if (facts.Version is { } version && version < Oldest)
        {
            yield return Finding.Warning("old-server", $"The Redis server is version {version}, older than {Oldest}, the first version with the required permissions and commands; upgrade it.");
        }

        if (!facts.IsEncrypted && facts.Servers.Where(server => !IsThisMachine(server)).Select(Name).ToList() is { Count: > 0 } open)
        {
            yield return Finding.Warning("no-tls", $"The connection to {string.Join(", ", open)} is not encrypted, and it carries secrets; enable TLS on the server and add ssl=true to the connection string.");
        }

        if (!facts.PushArrives)
        {
            yield return Finding.Warning(
                "no-push",
                $"A message published to Redis did not arrive, so revocations are detected by polling only; allow the channels '&{{{@namespace}:rewt-secret}}:*' with SUBSCRIBE and PUBLISH, and check that no proxy drops the messages.");
        }

        foreach (var (key, maximum) in facts.CrowdedKeys)
        {
            yield return Finding.Warning(
                "too-many-entries",
                $"The Redis key '{key}' has more than {maximum} entries, and no more are read, so a revocation or an instance beyond them is not seen; find the login that writes them, then run DEL {key}, and the instances write what they know again.");
        }

        if (facts.CanPublishForAll || facts.CanPublishFor.Count > 0)
        {
            var (services, signer) = facts.CanPublishForAll
                ? ("every service", "any service with this login can sign as any other service")
                : ($"other services ({string.Join(", ", facts.CanPublishFor)})", "a service with this login can sign in their names");
            yield return Finding.Warning(
                "pair-rights",
                $"The Redis login is permitted to publish keys for {services}, so {signer}; give each service a login with the permissions that '{RightsCommand.OfKeyPairs(@namespace, "<name>")}' prints.");
        }

        foreach (var finding in OfRights(facts, @namespace)) yield return finding;
    }

    private static IEnumerable<Finding> OfRights(ServerFacts facts, string @namespace)
    {
        if (facts.AreScriptsDenied)
        {
            yield return Finding.Advice(
                "acl", $"The Redis login may not run scripts (EVAL), so the permissions of the login cannot be checked; if the service signs and the server supports EVAL, give the login the permissions that '{RightsCommand.OfSharedSecret(@namespace)}' prints.");
        }

        if (facts.DeniedCommands.Count == 0) yield break;
        var denied = string.Join(", ", facts.DeniedCommands);
        var isReader = WritingCommands.All(command => facts.DeniedCommands.Any(name => name.Split(' ')[0] == command));
        yield return isReader
            ? Finding.Advice("acl", $"The Redis login can only read the key ring, so another service must rotate and revoke the keys ({denied}).")
            : Finding.Warning("acl", $"The Redis login lacks permissions; give it those that '{RightsCommand.OfSharedSecret(@namespace)}' prints. Missing permissions: {denied}.");
    }

    private static bool IsThisMachine(EndPoint server) => server switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => Loopback.IsLoopback(dns.Host),
        _ => server.AddressFamily == AddressFamily.Unix,
    };

    public static string Name(EndPoint server) => UntrustedText.Escape(server is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : server.ToString() ?? "the server");
}
