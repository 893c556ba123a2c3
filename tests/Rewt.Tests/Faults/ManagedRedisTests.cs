using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Rewt.Tests.Faults;

/// <summary>Tests restrictions and events that are typical of managed Redis services.</summary>
public sealed class ManagedRedisTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("-config", "-acl")]
    [InlineData("-client")]
    [InlineData("-select", "-readonly", "-cluster")]
    [InlineData("-info", "-config", "-client", "-acl", "-select")]
    public async Task The_key_life_cycle_works_on_a_server_that_refuses_administrative_commands(params string[] refused)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync(["ACL", "SETUSER", "default", .. refused]);
        await KeyLifeCycle.AssertWorksAsync(redis.ConnectionString);
    }

    [Fact]
    public async Task The_key_life_cycle_works_on_a_server_with_TLS_one_database_and_no_administrative_commands()
    {
        const string Config = "config-of-the-operator";
        string[] missing = ["ACL", "CLIENT", "DEBUG", "SELECT"];
        using var certificates = new TestCertificates();
        var port = FreePort.Next();
        await using var redis = await RedisServer.StartAsync(
            RedisServerKind.Real,
            [
                "--databases", "1", "--rename-command", "CONFIG", Config, .. missing.SelectMany(command => new[] { "--rename-command", command, "" }),
                .. certificates.ServerArguments(port, clientsNeedCertificates: false),
            ]);
        await redis.CommandAsync(Config, "SET", "port", 0, "requirepass", "of-a-test");
        await Should.ThrowAsync<SocketException>(() => redis.CommandAsync("PING"));
        var configuration = new ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, Ssl = true, Password = "of-a-test" };
        configuration.TrustIssuer(certificates.Authority);

        await using var one = await Instance.StartWarmAsync(redis.ConnectionString, Managed);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString, Managed);
        await KeyLifeCycle.AssertWorksAsync(one, two);

        void Managed(RewtOptions options) => (options.Redis, options.ConfigurationOptions) = (null, configuration);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_server_that_closes_idle_connections_fails_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--timeout", "1");
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 1, 1, options => options.RefreshInterval = TimeSpan.FromSeconds(5));
        var traffic = fleet.StartTraffic(callsPerSecond: 50);
        await Eventually.TrueAsync(() => traffic.Calls >= 500, "ten seconds of calls have been made");
        await Eventually.SucceedsAsync(() => fleet.Callers[0].Ring.RotateAsync(Cancellation));
        await Eventually.TrueAsync(() => traffic.Calls >= 1000, "ten seconds of calls have been made");
        await traffic.StopAsync();

        traffic.Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Moving_Redis_to_another_address_under_load_fails_no_call(bool isOldServerClosed)
    {
        await using var old = await RedisServer.StartAsync(RedisServerKind.Real);
        // The replacement has a different address and a different port.
        await using var replacement = await RedisServer.StartAsync(RedisServerKind.Real, "--bind", "127.0.0.1", "127.0.0.2");
        var name = new ServerName(new IPEndPoint(IPAddress.Loopback, old.Port));
        var configuration = new ConfigurationOptions { EndPoints = { { "cache.example", 6379 } }, Tunnel = name };
        await using var fleet = await Fleet.StartAsync(
            old.ConnectionString, 2, 2, options => (options.Redis, options.ConfigurationOptions, options.RefreshInterval) = (null, configuration, TimeSpan.FromMilliseconds(500)));
        await replacement.CommandAsync("REPLICAOF", "127.0.0.1", old.Port);
        await Eventually.TrueAsync(
            async () => (await replacement.CliAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal),
            "the replacement is synchronized");
        var before = await fleet.CurrentKeysAsync();

        await fleet.AssertNoCallFailsAsync(output, async () =>
        {
            await Replication.DetachAsync(old, replacement);
            name.Address = new IPEndPoint(IPAddress.Parse("127.0.0.2"), replacement.Port);
            // A server that is removed without a shutdown does not close its connections.
            await (isOldServerClosed ? old.KillAsync() : old.SuspendAsync());
            await fleet.RotateAndWaitAsync(before);
        });

        (await fleet.Callers[0].Ring.GetAsync(Cancellation)).Keys.ShouldContain(key => key.KeyId == before[0] && key.State == RewtKeyState.Retired);
        (await replacement.GetAsync("rewt:rewt-secret")).ShouldNotBeNull();
    }

    /// <summary>Represents a host name whose address can change. Each new connection resolves it again.</summary>
    private sealed class ServerName(IPEndPoint address) : Tunnel
    {
        private volatile IPEndPoint _address = address;

        public IPEndPoint Address
        {
            set => _address = value;
        }

        public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => new(_address);
    }
}
