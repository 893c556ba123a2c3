namespace Rewt.Tests.Faults;

/// <summary>Tests the log entry of an outage. At the default level it states the cause, the address, the keys that stay in use, and the fix.</summary>
public sealed class OutageExplanationTests
{
    private static readonly Dictionary<string, (Func<Scene, Task<string>> Arrange, string Explanation)> Cases = new(StringComparer.Ordinal)
    {
        ["nothing listens"] = (_ => Task.FromResult($"127.0.0.1:{FreePort.Next()}"), "Nothing listens on 127.0.0.1:{port} (ConnectionRefused). Start Redis there, or correct host and port in Rewt:Redis."),
        ["unknown host"] = (_ => Task.FromResult("redis.invalid:6379"), "The host of redis.invalid:6379 is unknown: DNS has no address for it. Correct the host in Rewt:Redis."),
        ["silent"] = (scene => scene.SilentAsync(), "127.0.0.1:{port} does not answer. Check that it is the address of Redis"),
        ["TLS to a plain port"] = (async scene => await scene.RedisAsync() + ",ssl=true", "127.0.0.1:{port} does not use TLS, but Rewt:Redis has ssl=true. Remove ssl=true"),
        ["plain to a TLS port"] = (scene => scene.TlsAsync(), "it probably requires TLS. Add ssl=true to Rewt:Redis"),
        ["an untrusted certificate"] = (async scene => await scene.TlsAsync() + ",ssl=true", "Its certificate must be trusted on this machine and contain the host name"),
        ["no password"] = (scene => scene.RedisAsync("--requirepass", "of-a-test"), "127.0.0.1:{port} requires a login. Add password=... (and user=...) to Rewt:Redis."),
        ["a wrong password"] = (async scene => await scene.RedisAsync("--requirepass", "of-a-test") + ",password=not-the-one", "127.0.0.1:{port} refused the login: the user or the password is wrong."),
        ["a missing permission"] = (scene => scene.DeniedAsync(), "(NOPERM). Give it the permissions that 'rewt acl --role signer --namespace rewt' prints"),
        ["a web server"] = (scene => scene.WebAsync(), "127.0.0.1:{port} is an HTTP server, not Redis."),
        ["a sentinel without its service"] = (scene => scene.SentinelAsync(string.Empty), "127.0.0.1:{port} is a Sentinel, not Redis. Add serviceName="),
        ["a sentinel with another service"] = (scene => scene.SentinelAsync(",serviceName=other"), "The Sentinel 127.0.0.1:{port} knows no primary 'other'"),
        ["a service without a sentinel"] = (async scene => await scene.RedisAsync() + ",serviceName=mymaster", "127.0.0.1:{port} is not a Sentinel, but Rewt:Redis has serviceName."),
        ["a replica"] = (scene => scene.ReplicaAsync(), "127.0.0.1:{port} is a replica of 127.0.0.1:"),
        ["a replica with a password"] = (async scene => await scene.ReplicaAsync("--requirepass", "of-a-test") + ",password=of-a-test", "127.0.0.1:{port} is a replica of 127.0.0.1:"),
        ["a cluster that announces addresses which cannot be reached"] = (scene => scene.MisannouncedAsync(), "127.0.0.1:{port} is a node of a Redis Cluster, but this service cannot reach all nodes that the cluster announces (127.0.0.1:1)."),
        ["a cluster that lacks nodes"] = (scene => scene.RedisAsync("--cluster-enabled", "yes"), "The Redis Cluster is down"),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task The_log_explains_why_a_Redis_connection_cannot_be_used(string name)
    {
        Require.RealRedis();
        await using var scene = new Scene();
        var (arrange, explanation) = Cases[name];
        var connection = await arrange(scene);
        await using var instance = Instance.Start(connection);

        var line = await OutageEntryAsync(instance, explanation.Replace("{port}", connection.Split(',')[0].Split(':')[1], StringComparison.Ordinal));
        line.ShouldContain("No read has succeeded since the start, so there are no keys");
        foreach (var unwanted in new[] { "AbortOnConnectFail", "   at ", "not-the-one", "of-a-test" }) line.ShouldNotContain(unwanted);
        await Eventually.TrueAsync(
            () => instance.Provider.Health().DegradedReason?.Contains(explanation.Split("{port}")[^1], StringComparison.Ordinal) == true, "the health check reports the explanation");
    }

    [Fact]
    public async Task The_log_explains_over_TLS_that_the_password_is_missing()
    {
        Require.RealRedis();
        using var certificates = new TestCertificates();
        var port = FreePort.Next();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, ["--requirepass", "of-a-test", .. certificates.ServerArguments(port, clientsNeedCertificates: false)]);
        var configuration = new StackExchange.Redis.ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, Ssl = true };
        configuration.TrustIssuer(certificates.Authority);
        await using var instance = Instance.Start(null!, options => options.ConfigurationOptions = configuration);

        await OutageEntryAsync(instance, $"127.0.0.1:{port} requires a login. Add password=... (and user=...) to ");
    }

    [Fact]
    public async Task The_log_states_the_last_read_and_how_long_the_known_keys_stay_in_use()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var instance = await Instance.StartWarmAsync(redis.ConnectionString);

        await redis.KillAsync();

        (await OutageEntryAsync(instance, redis.ConnectionString)).ShouldMatch($@"127\.0\.0\.1:{redis.Port}.*The last read was at \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\. The known keys stay in use until \d{{4}}-");
    }

    [Theory]
    [InlineData(KeyMode.SharedSecret, "'rewt acl --role signer --namespace shop'")]
    [InlineData(KeyMode.KeyPair, "'rewt acl --key-pairs --role signer --service orders --namespace shop'")]
    public async Task A_missing_right_is_explained_with_the_command_for_the_kind_of_keys_and_the_namespace(KeyMode keys, string command)
    {
        Require.RealRedis();
        await using var scene = new Scene();
        await using var instance = Instance.Start(await scene.DeniedAsync(), options => (options.KeyMode, options.ServiceName, options.Namespace) = (keys, "orders", "shop"));

        await OutageEntryAsync(instance, command);
    }

    [Fact]
    public async Task The_password_of_an_application_multiplexer_is_not_logged_as_an_address()
    {
        var options = new StackExchange.Redis.ConfigurationOptions { EndPoints = { { "127.0.0.1", FreePort.Next() } }, Password = "of-a-test,a-part:1", AbortOnConnectFail = false, ConnectRetry = 0, ConnectTimeout = 500 };
        await using var multiplexer = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(options);
        await using var instance = Instance.Start(null!, options => options.ConnectionMultiplexerFactory = () => Task.FromResult<StackExchange.Redis.IConnectionMultiplexer>(multiplexer));

        await OutageEntryAsync(instance, "Nothing listens on 127.0.0.1:");
        instance.Log.Text.ShouldNotContain("a-part");
    }

    [Theory]
    [InlineData("password=not-the-one", "refused the login: the user or the password is wrong.")]
    [InlineData("user=unknown,password=of-a-test", "refused the login: the user or the password is wrong.")]
    [InlineData("password=of-a-test", "answers, but the commands of Rewt fail (TimeoutException).")]
    public async Task A_refused_login_is_recognized_if_the_client_library_reports_only_that_the_time_limit_has_passed(string login, string explanation)
    {
        Require.RealRedis();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "of-a-test");
        var connection = StackExchange.Redis.ConfigurationOptions.Parse($"{redis.ConnectionString},{login}");

        await ExplainedAsync(() => OutageExplanation.OfConnectionAsync(connection, "Rewt:Redis", new TimeoutException(), KnownServers.None, Cancellation), explanation);
    }

    [Theory]
    [InlineData("-ERR max number of clients reached", "", "accepts no further connections. Close connections that are not needed, or raise maxclients.")]
    [InlineData("-LOADING Redis is loading the dataset in memory", "", "Redis is loading its data after a start.")]
    [InlineData("-NOAUTH Authentication required.", ",password=(set)", "requires a login. Check the user and the password in Rewt:Redis")]
    [InlineData("-NOPERM this user has no permissions to run the 'ping' command", "", "answers, but the commands of Rewt fail")]
    [InlineData("", ",ssl=true,password=a", "Also check the user and the password.")]
    public async Task A_refusal_of_the_server_is_explained_if_the_client_library_reports_only_that_the_time_limit_has_passed(string refusal, string settings, string explanation)
    {
        await ExplainedAsync(
            async () =>
            {
                using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var connection = StackExchange.Redis.ConfigurationOptions.Parse($"{listener.LocalEndpoint}{settings}");
                var reason = OutageExplanation.OfConnectionAsync(connection, "Rewt:Redis", new TimeoutException(), KnownServers.None, Cancellation);
                using (var client = await listener.AcceptTcpClientAsync(Cancellation))
                {
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(refusal.Length == 0 ? string.Empty : refusal + "\r\n"), Cancellation);
                }

                return await reason;
            },
            explanation);
    }

    [Fact]
    public async Task A_failed_command_does_not_wait_for_an_explanation_that_takes_long()
    {
        using var services = new BlockedServices();
        await using var connection = new RedisConnection(services, new RewtOptions { ServiceName = "test" }, TimeProvider.System);

        await Should.ThrowAsync<TimeoutException>(() => connection.AskAsync(_ => Task.FromResult(true), TestContext.Current.CancellationToken));

        await Eventually.TrueAsync(() => services.IsExplaining, "the explanation is still being searched for");
    }

    /// <summary>
    /// Waits for a log entry of the outage that contains the text. On a slow machine, the first explanation may be that the server does not answer in time. A later
    /// read then logs the changed cause.
    /// </summary>
    private static async Task<string> OutageEntryAsync(Instance instance, string text)
    {
        string? entry = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((entry = instance.Log.Lines.FirstOrDefault(line => line.StartsWith("Warning StoreUnavailable", StringComparison.Ordinal) && line.Contains(text, StringComparison.Ordinal))) is not null),
            () => $"the log contains '{text}': {instance.Log.Text}");
        return entry!;
    }

    /// <summary>Repeats a question until its explanation contains the text, because the question has a time limit of half a second.</summary>
    private static async Task ExplainedAsync(Func<Task<OutageReason>> explain, string text)
    {
        var explanation = "";
        await Eventually.TrueAsync(async () => (explanation = (await explain()).Text).Contains(text, StringComparison.Ordinal), () => $"'{explanation}' contains '{text}'");
    }

    /// <summary>Fails the first request for a service, as a connection does, and blocks the second one, which the explanation makes.</summary>
    private sealed class BlockedServices : IServiceProvider, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private int _requests;
        private volatile bool _isExplaining;

        public bool IsExplaining => _isExplaining;

        public object? GetService(Type serviceType)
        {
            if (Interlocked.Increment(ref _requests) == 1) throw new TimeoutException();
            _isExplaining = true;
            _released.Wait(TimeSpan.FromMinutes(1));
            _isExplaining = false;
            return null;
        }

        public void Dispose() => _released.Set();
    }

    /// <summary>Holds the servers of a test case and disposes them after it.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly Stack<IAsyncDisposable> _started = new();
        private readonly TestCertificates _certificates = new();

        public async Task<string> RedisAsync(params string[] arguments) => (await StartAsync(arguments)).ConnectionString;

        public async Task<string> SilentAsync()
        {
            var proxy = TcpProxy.Start((await StartAsync()).Port);
            _started.Push(proxy);
            proxy.Hold();
            return proxy.ConnectionString;
        }

        public async Task<string> TlsAsync()
        {
            var port = FreePort.Next();
            await StartAsync(_certificates.ServerArguments(port, clientsNeedCertificates: false));
            return $"127.0.0.1:{port}";
        }

        public async Task<string> DeniedAsync()
        {
            var redis = await StartAsync();
            await redis.CommandAsync("ACL", "SETUSER", "poor", "on", ">of-a-test", "+@all", "~nothing");
            return redis.ConnectionString + ",user=poor,password=of-a-test";
        }

        public async Task<string> MisannouncedAsync()
        {
            var node = await StartAsync("--cluster-enabled", "yes");
            var owner = await StartAsync("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", "1");
            await owner.CommandAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
            await node.CommandAsync("CLUSTER", "MEET", "127.0.0.1", owner.Port);
            await Eventually.TrueAsync(async () => (await node.CliAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal), "the cluster is ready");
            return node.ConnectionString;
        }

        public async Task<string> WebAsync()
        {
            var service = await TestService.StartAsync(null);
            _started.Push(service);
            return $"127.0.0.1:{service.Address.Port}";
        }

        public async Task<string> SentinelAsync(string suffix)
        {
            var primary = await StartAsync();
            await StartAsync("--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
            var sentinel = await Sentinels.StartAsync(primary);
            _started.Push(sentinel);
            return $"127.0.0.1:{sentinel.Ports[0]}{suffix}";
        }

        public async Task<string> ReplicaAsync(params string[] arguments)
        {
            var primary = await StartAsync();
            return (await StartAsync(["--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture), .. arguments])).ConnectionString;
        }

        public async ValueTask DisposeAsync()
        {
            while (_started.TryPop(out var started)) await started.DisposeAsync();
            _certificates.Dispose();
        }

        private async Task<RedisServer> StartAsync(params string[] arguments)
        {
            var redis = await RedisServer.StartAsync(RedisServerKind.Real, arguments);
            _started.Push(redis);
            return redis;
        }
    }
}
