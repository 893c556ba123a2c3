namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Runs redis-server or Garnet on a free loopback port for one test. A server without arguments is reused by a later test unless this test made a change that
/// FLUSHALL does not undo. Each helper method uses its own connection. Use <see cref="ConnectAsync"/> for commands that belong to one connection (MULTI, AUTH,
/// SUBSCRIBE).
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly string _directory = Directory.CreateTempSubdirectory("rewt-redis-").FullName;
    private readonly string[] _launcher;
    private readonly string[] _arguments;
    private ServerProcess? _process;
    private readonly bool _hasLua;
    private volatile bool _cannotBeReused;

    private RedisServer(RedisServerKind kind, bool isRealRedis, string[] launcher, string[] arguments)
    {
        IsRealRedis = isRealRedis;
        _hasLua = kind != RedisServerKind.GarnetWithoutLua;
        _cannotBeReused = !_hasLua || launcher.Length > 0;
        (_launcher, _arguments) = (launcher, arguments);
        Port = arguments.Contains("--cluster-enabled", StringComparer.Ordinal) ? FreePort.NextForClusterNode() : FreePort.Next();
    }

    public bool IsRealRedis { get; }

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Gets the output of the server since its last start.</summary>
    public string Output => _process?.Output ?? "";

    private bool PortWasTaken => Output.Contains("already in use", StringComparison.OrdinalIgnoreCase);

    public static Task<RedisServer> StartAsync(RedisServerKind kind = RedisServerKind.Any, params string[] args) => StartAsync([], kind, args);

    /// <param name="launcher">A program and its arguments that launch the server.</param>
    /// <param name="kind">The kind of server.</param>
    /// <param name="args">Further arguments of the server.</param>
    public static async Task<RedisServer> StartAsync(string[] launcher, RedisServerKind kind, params string[] args)
    {
        if (kind == RedisServerKind.Real)
        {
            Require.RealRedis();
        }

        var isRealRedis = kind is RedisServerKind.Any or RedisServerKind.Real && Executables.RedisServer is not null;
        if (launcher.Length == 0 && args.Length == 0 && kind != RedisServerKind.GarnetWithoutLua && await RedisPool.TakeAsync(isRealRedis) is { } idle) return idle;

        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(kind, isRealRedis, launcher, args);
            try
            {
                await server.LaunchAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < Attempts && server.PortWasTaken)
            {
                // Another process took the port before the server did.
                await server.ShutDownAsync();
            }
            catch
            {
                await server.ShutDownAsync();
                throw;
            }
        }
    }

    /// <summary>Stops the server immediately, as a crash does.</summary>
    public async Task KillAsync()
    {
        _cannotBeReused = true;
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Starts an empty server on the same port and stops the old one if it still runs.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    /// <summary>Suspends the server process. Its connections stay open, but it does not respond.</summary>
    public Task SuspendAsync()
    {
        _cannotBeReused = true;
        return RunningProcess().SignalAsync("STOP");
    }

    public Task ResumeAsync() => RunningProcess().SignalAsync("CONT");

    public Task<RespClient> ConnectAsync() => RespClient.ConnectAsync(Port, OnCommand);

    public async Task<object?> CommandAsync(params object[] command)
    {
        await using var client = await ConnectAsync();
        return await client.CommandAsync(command);
    }

    /// <summary>Returns the reply as redis-cli --raw prints it: an empty string for nil, one line for each element of an array.</summary>
    public async Task<string> CliAsync(params string[] args) => Text(await CommandAsync(args));

    public async Task<string?> GetAsync(string key) => (string?)await CommandAsync("GET", key);

    public async Task<byte[]?> GetBytesAsync(string key)
    {
        await using var client = await ConnectAsync();
        return (byte[]?)await client.BytesAsync("GET", key);
    }

    public Task SetAsync(string key, string value, TimeSpan? ttl = null) => SetCoreAsync(key, value, ttl);

    public Task SetAsync(string key, byte[] value, TimeSpan? ttl = null) => SetCoreAsync(key, value, ttl);

    public async Task<long> DelAsync(params string[] keys) => (long)(await CommandAsync(["DEL", .. keys]))!;

    /// <summary>Returns the remaining milliseconds, -1 for a key without expiry, or -2 if the key does not exist.</summary>
    public async Task<long> PttlAsync(string key) => (long)(await CommandAsync("PTTL", key))!;

    public Task FlushAllAsync() => CommandAsync("FLUSHALL");

    public async Task<long> DbSizeAsync() => (long)(await CommandAsync("DBSIZE"))!;

    /// <summary>Returns the number of calls of each command since the start or CONFIG RESETSTAT, by lower-case name (`config|get`).</summary>
    public async Task<IReadOnlyDictionary<string, long>> CommandCountsAsync()
    {
        if (!IsRealRedis)
        {
            throw new InvalidOperationException("Only a real Redis counts its commands: start the server with RedisServerKind.Real.");
        }

        const string Prefix = "cmdstat_";
        const string Calls = ":calls=";
        return (await CliAsync("INFO", "commandstats"))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(line => line[Prefix.Length..].Split(Calls, 2))
            .ToDictionary(
                parts => parts[0],
                parts => long.Parse(parts[1].Split(',')[0], CultureInfo.InvariantCulture),
                StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Waits until key rings have sent EXPIRE, which ends the announcement of their instance and is the last command of their startup.</summary>
    public Task WaitForStartupAsync(int keyRings) => Eventually.TrueAsync(
        async () => (await CommandCountsAsync()).GetValueOrDefault("expire") >= keyRings, $"{keyRings} key rings have started");

    /// <summary>
    /// Waits until the given commands have been sent, and no command has followed for a second. On a busy machine a startup command may time out and be repeated.
    /// </summary>
    public async Task WaitUntilQuietAsync(params string[] commands)
    {
        var (since, last) = (TimeProvider.System.GetTimestamp(), "");
        await Eventually.TrueAsync(
            async () =>
            {
                var counts = await CommandCountsAsync();
                var sent = string.Join(' ', counts.Where(pair => pair.Key is not ("ping" or "info")).OrderBy(pair => pair.Key, StringComparer.Ordinal));
                if (sent != last) (since, last) = (TimeProvider.System.GetTimestamp(), sent);
                return commands.All(counts.ContainsKey) && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(1);
            },
            "no further command is sent");
    }

    public async ValueTask DisposeAsync()
    {
        if (_cannotBeReused || _arguments.Length > 0) await ShutDownAsync();
        else RedisPool.Return(this);
    }

    /// <summary>Stops the server and deletes its directory.</summary>
    internal async Task ShutDownAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Empties the server. Returns false if a client of an earlier test is still connected and might write to it.</summary>
    internal async Task<bool> TryCleanAsync()
    {
        await using var client = await RespClient.ConnectAsync(Port);
        if (Text(await client.CommandAsync("CLIENT", "LIST")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 1) return false;
        await client.CommandAsync("FLUSHALL");
        if (IsRealRedis) await client.CommandAsync("CONFIG", "RESETSTAT");
        return true;
    }

    /// <summary>Notes commands that FLUSHALL does not undo.</summary>
    private void OnCommand(string command, string argument)
    {
        if (command is "ACL" or "CLIENT" or "CLUSTER" or "DEBUG" or "REPLICAOF" || (command == "CONFIG" && argument != "RESETSTAT")) _cannotBeReused = true;
    }

    private static string Text(object? reply) => reply switch
    {
        null => "",
        object?[] items => string.Join('\n', items.Select(Text)),
        RespException error => error.Message,
        _ => Convert.ToString(reply, CultureInfo.InvariantCulture) ?? "",
    };

    private Task<object?> SetCoreAsync(string key, object value, TimeSpan? ttl) => ttl is { } limit
        ? CommandAsync("SET", key, value, "PX", (long)limit.TotalMilliseconds)
        : CommandAsync("SET", key, value);

    private ServerProcess RunningProcess() => _process ?? throw new InvalidOperationException("The server is not running.");

    private async Task LaunchAsync()
    {
        if (!IsRealRedis)
        {
            await DotnetTools.RestoreOnceAsync();
        }

        _process = ServerProcess.Start(RepositoryRoot.Path, Command());
        await Eventually.TrueAsync(async () => _process.HasExited || await AnswersAsync(), $"the server on port {Port} answers");
        if (_process.HasExited) throw new InvalidOperationException($"The server on port {Port} did not start: {_process.Output}");
    }

    private IEnumerable<string> Command()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return IsRealRedis
            ?
            [
                .. _launcher, Executables.RedisServer!, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--port", port,
                // Without this setting, a primary waits five seconds before it synchronizes its first replica.
                "--dir", _directory, "--repl-diskless-sync-delay", "0", .. _arguments,
            ]
            :
            [
                Executables.Dotnet, "garnet-server", "--port", port, "--bind", "127.0.0.1", "-m", "16m", "-p", "1m", "-s", "16m",
                "-i", "1m", .. _hasLua ? ["--lua", "--lua-transaction-mode"] : Array.Empty<string>(), "-q", .. _arguments,
            ];
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var client = await ConnectAsync();
            await client.CommandAsync("PING");
            return true;
        }
        catch (RespException error)
        {
            // A NOAUTH error comes from a running server that requires a password.
            return !error.Message.StartsWith("LOADING", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }
}
