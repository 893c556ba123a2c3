using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// Examines a Redis server for <c>rewt doctor</c>: reads the settings and the state of the server, and checks the permissions of the Redis user
/// without using them. The examination writes no Redis key, but publishes one test message.
/// </summary>
internal sealed class RedisDoctor(RedisConnection connection, RewtOptions options, SecretSeal? seal = null, IInstanceStore? instances = null) : IStoreDoctor
{
    private static readonly RedisScript RightsScript = new(typeof(RedisDoctor).Assembly, "rights");

    /// <summary>The time to wait for the test message. Normally, the message arrives within milliseconds.</summary>
    private static readonly TimeSpan PushLimit = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of other services for which the permission to publish keys is checked.</summary>
    private const int MaximumServices = 32;

    private readonly RedisKeys _keys = new(options.Namespace);

    public async Task<StoreReport> ExamineAsync(CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken).ConfigureAwait(false);
        var (servers, isEncrypted, user) = await connection.ServersAsync(cancellationToken).ConfigureAwait(false);
        var server = await PrimaryAsync(database, cancellationToken).ConfigureAwait(false) ?? database.Multiplexer.GetServer(servers[0]);
        var info = await OrNullAsync(() => ServerInfo.ReadAsync(server, "default").WithinAsync(connection, cancellationToken)).ConfigureAwait(false) ?? string.Empty;
        var facts = await FactsAsync(database, servers, isEncrypted, info, cancellationToken).ConfigureAwait(false);
        return new StoreReport(
            Describe(server, isEncrypted, user, info),
            [.. ServerDiagnosis.Of(facts, options.Namespace), .. await OfSealAsync(cancellationToken).ConfigureAwait(false)]);
    }

    private async Task<IEnumerable<Finding>> OfSealAsync(CancellationToken cancellationToken)
    {
        if (seal is null) return [];
        return seal.Findings(InstanceTracker.Live(await HeartbeatsAsync(cancellationToken).ConfigureAwait(false), options));
    }

    /// <summary>Returns the entries of the instances. The list is empty if it cannot be read.</summary>
    private async Task<IReadOnlyList<InstanceHeartbeat>> HeartbeatsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return instances is null ? [] : await instances.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OversizedKeyException || CommandRefusal.Is(exception))
        {
            return [];
        }
    }

    /// <summary>Returns the primary that is in use. With Sentinel, and in a cluster, the settings do not name the primary.</summary>
    private async Task<IServer?> PrimaryAsync(IDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            // Without a key this is a PING, which every login may send.
            return await database.IdentifyEndpointAsync(default, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken).ConfigureAwait(false) is { } address
                ? database.Multiplexer.GetServer(address)
                : null;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    private static StoreConnection Describe(IServer server, bool isEncrypted, string user, string info)
    {
        // The informational version, because the assembly version is the same in all releases.
        var client = typeof(IDatabase).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return new StoreConnection(
            ServerDiagnosis.Name(server.EndPoint),
            Product(info) is { } product ? UntrustedText.Escape(product) : null,
            server.ServerType.ToString().ToLowerInvariant(),
            server.Protocol == RedisProtocol.Resp3 ? "RESP3" : "RESP2",
            isEncrypted,
            UntrustedText.Escape(user),
            $"StackExchange.Redis {client}");
    }

    /// <summary>
    /// Returns the name and version of the server product. A server other than Redis adds a field with its own version to the output of <c>INFO</c>.
    /// </summary>
    private static string? Product(string info)
    {
        foreach (var name in new[] { "valkey", "garnet", "dragonfly" })
        {
            if (ServerInfo.Field(info, $"{name}_version") is { } own) return $"{char.ToUpperInvariant(name[0])}{name[1..]} {own}";
        }

        return ServerInfo.Field(info, "redis_version") is { } version ? $"Redis {version}" : null;
    }

    private async Task<ServerFacts> FactsAsync(IDatabase database, IReadOnlyList<EndPoint> servers, bool isEncrypted, string info, CancellationToken cancellationToken)
    {
        var (rights, areScriptsDenied) = await RightsAsync(database, cancellationToken).ConfigureAwait(false);
        var (all, publishable) = await PublishableAsync(database, cancellationToken).ConfigureAwait(false);
        return new ServerFacts
        {
            Version = Version.TryParse(ServerInfo.Field(info, "redis_version"), out var version) ? version : null,
            EvictionPolicy = ServerInfo.Field(info, "maxmemory_policy"),
            MemoryLimit = Number(info, "maxmemory"),
            HasAppendLog = Number(info, "aof_enabled") is { } enabled ? enabled == 1 : null,
            Replicas = (int?)Number(info, "connected_slaves"),
            Snapshots = await SnapshotsAsync(database, cancellationToken).ConfigureAwait(false),
            Servers = servers,
            IsEncrypted = isEncrypted,
            DeniedCommands = rights,
            AreScriptsDenied = areScriptsDenied,
            CrowdedKeys = await CrowdedKeysAsync(database, cancellationToken).ConfigureAwait(false),
            CanPublishForAll = all,
            CanPublishFor = publishable,
            HasTenants = options.Tenants.Enabled || await AskAsync(database, "EXISTS", [_keys.Tenants], cancellationToken).ConfigureAwait(false) is { } found && (int)found > 0,
            HasApps = await AskAsync(database, "HLEN", [_keys.Apps], cancellationToken).ConfigureAwait(false) is { } length && (long)length > 0,
            PushArrives = await PushArrivesAsync(database, cancellationToken).ConfigureAwait(false),
        };
    }

    private Task<RedisResult?> AskAsync(IDatabase database, string command, object[] arguments, CancellationToken cancellationToken) => OrNullAsync(
        () => database.ExecuteAsync(command, arguments, CommandFlags.DemandMaster).WithinAsync(connection, cancellationToken));

    /// <summary>
    /// Returns the answer to a command; <see langword="null"/> if the server or the client library refuses the command. If the server does not answer,
    /// the method throws.
    /// </summary>
    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> ask)
        where T : class?
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }

    private async Task<string?> SnapshotsAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(database, "CONFIG", ["GET", "save"], cancellationToken).ConfigureAwait(false);
        return reply is { IsNull: false } && (RedisValue[]?)reply is [_, var value] ? (string?)value ?? string.Empty : null;
    }

    /// <summary>Returns the sorted sets that have more entries than this library reads.</summary>
    private async Task<IReadOnlyList<(string Key, int Maximum)>> CrowdedKeysAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var pairs = new PairRedisKeys(options.Namespace);
        (RedisKey Key, int Maximum)[] limited = options.KeyMode == KeyMode.KeyPair
            ? [(pairs.Revoked, RevokedKeyIds.Maximum), (pairs.RevokedOf(options.ServiceName!), RevokedKeyIds.Maximum), (pairs.Instances, RedisInstanceStore.Maximum)]
            : [(_keys.Revoked, RevokedKeyIds.Maximum), (_keys.Instances, RedisInstanceStore.Maximum)];
        var crowded = new List<(string Key, int Maximum)>();
        foreach (var (key, maximum) in limited)
        {
            var beyond = await AskAsync(database, "ZRANGE", [key, maximum, maximum], cancellationToken).ConfigureAwait(false);
            if (beyond is { IsNull: false, Length: > 0 }) crowded.Add(((string)key!, maximum));
        }

        return crowded;
    }

    private async Task<(IReadOnlyList<string> Denied, bool AreScriptsDenied)> RightsAsync(IDatabase database, CancellationToken cancellationToken)
    {
        // With key pairs, each service needs other permissions; a missing one shows when it is used.
        if (options.EffectiveKeyMode == KeyMode.KeyPair) return ([], false);

        try
        {
            var reply = await database.ExecuteAsync(
                "EVAL", [RightsScript.Text, "0", (string)_keys.Secret!, (string)_keys.Ring!, (string)_keys.Revoked!, (string)_keys.Instances!, _keys.Channel, (string)_keys.UsedOf("doctor", "x")!, .. options.Tenants.Enabled ? [(string)_keys.Tenants!, (string)_keys.TenantsLog!] : Array.Empty<object>()], CommandFlags.DemandMaster)
                .WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            return ([.. ((RedisValue[]?)reply ?? []).Select(value => (string)value!)], false);
        }
        catch (Exception exception) when (exception is RedisServerException || CommandRefusal.Is(exception))
        {
            return ([], CommandRefusal.Is(exception));
        }
    }

    /// <summary>
    /// Returns the other services whose keys the Redis user may write, and whether the user may write the keys of every service. With
    /// <see cref="RewtOptions.Identity"/>, an attestation protects the names, so the permissions are not checked.
    /// </summary>
    private async Task<(bool All, IReadOnlyList<string> Services)> PublishableAsync(IDatabase database, CancellationToken cancellationToken)
    {
        if (options.EffectiveKeyMode != KeyMode.KeyPair || options.Identity.Demands) return (false, []);

        // A login that may write the keys of a nonexistent service may write those of every service.
        var all = await OfPublishableAsync(database, [$"doctor-{RandomNumberGenerator.GetHexString(12, lowercase: true)}"], cancellationToken).ConfigureAwait(false);
        return all.Count > 0 ? (true, []) : (false, await OfPublishableAsync(database, await OtherServicesAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Returns the trusted issuers, and the services of the running instances, without this service.</summary>
    private async Task<IReadOnlyList<string>> OtherServicesAsync(CancellationToken cancellationToken)
    {
        var running = (await HeartbeatsAsync(cancellationToken).ConfigureAwait(false)).Select(heartbeat => heartbeat.Service);
        return [.. options.TrustedIssuers.Concat(running.Order(StringComparer.Ordinal)).Where(service => service != options.ServiceName && Names.IsName(service)).Distinct(StringComparer.Ordinal).Take(MaximumServices)];
    }

    /// <summary>
    /// Returns those of the given services whose keys the Redis user may write. Nothing is written: Redis 7 reports the permission in a script or with
    /// <c>ACL DRYRUN</c>. If the user may use neither, its permissions are restricted, and the result is empty.
    /// </summary>
    private async Task<IReadOnlyList<string>> OfPublishableAsync(IDatabase database, IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        var pairs = new PairRedisKeys(options.Namespace);
        string[] keys = [.. services.Select(service => (string)pairs.KeysOf(service)!)];
        const string Script = "local may = {} for i, key in ipairs(ARGV) do may[i] = redis.acl_check_cmd and redis.acl_check_cmd('HSET', key, 'x', 'x') and 1 or 0 end return may";
        if (await AskAsync(database, "EVAL", [Script, "0", .. keys], cancellationToken).ConfigureAwait(false) is { } answer)
        {
            return [.. services.Zip((int[])answer!).Where(pair => pair.Second == 1).Select(pair => pair.First)];
        }

        var publishable = new List<string>();
        if (await AskAsync(database, "ACL", ["WHOAMI"], cancellationToken).ConfigureAwait(false) is not { } user) return publishable;
        foreach (var (service, key) in services.Zip(keys))
        {
            if ((string?)await AskAsync(database, "ACL", ["DRYRUN", (string)user!, "HSET", key, "x", "x"], cancellationToken).ConfigureAwait(false) == "OK") publishable.Add(service);
        }

        return publishable;
    }

    private async Task<bool> PushArrivesAsync(IDatabase database, CancellationToken cancellationToken)
    {
        // Logins of services with key pairs may use one channel only, and a message on it would cause a refresh in the whole fleet.
        if (options.EffectiveKeyMode == KeyMode.KeyPair) return true;

        var subscriber = await connection.SubscriberAsync(cancellationToken).ConfigureAwait(false);
        var channel = new RedisChannel($"{_keys.Channel}:doctor-{RandomNumberGenerator.GetHexString(12, lowercase: true)}", RedisChannel.PatternMode.Literal);
        var arrived = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<RedisChannel, RedisValue> onMessage = (_, _) => arrived.TrySetResult(true);
        try
        {
            await SubscribeAsync().WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!await MayPublishAsync(database, channel, cancellationToken).ConfigureAwait(false)) return true;
            return await arrived.Task.WithinAsync(PushLimit, connection.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException or InvalidOperationException)
        {
            // In an outage, this command throws too, so that the examination fails instead of reporting lost messages.
            await database.PingAsync().WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            return false;
        }
        finally
        {
            UnsubscribeAsync().Abandon();
        }

        // Asynchronous, so that an exception that the library throws synchronously on a closed connection also becomes a failed task.
        async Task SubscribeAsync() => await subscriber.SubscribeAsync(channel, onMessage).ConfigureAwait(false);

        async Task UnsubscribeAsync() => await subscriber.UnsubscribeAsync(channel, onMessage).ConfigureAwait(false);
    }

    /// <summary>
    /// Publishes the test message. Returns <see langword="false"/> if the Redis user may not publish, for example the user of a service that only
    /// verifies.
    /// </summary>
    private async Task<bool> MayPublishAsync(IDatabase database, RedisChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await database.PublishAsync(channel, HintChannel.Message).WithinAsync(connection, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (CommandRefusal.Is(exception))
        {
            return false;
        }
    }

    private static long? Number(string info, string name) =>
        long.TryParse(ServerInfo.Field(info, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
