using StackExchange.Redis;

namespace Rewt.Tests.Faults;

/// <summary>Tests the check for a second primary while one of two servers hangs.</summary>
public sealed class PrimaryCheckTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly TestClock _time = new();
    private readonly PrimaryCheck _check;

    public PrimaryCheckTests() => _check = new PrimaryCheck(_time);

    [Fact]
    public async Task A_replica_that_hangs_delays_only_the_first_command()
    {
        await using var servers = await ConnectedServers.StartAsync(isPrimaryBehindProxy: false);
        await RunWhileServerHangsAsync(servers);

        Run(servers).IsCompletedSuccessfully.ShouldBeTrue("the check is valid for one second");

        for (var second = 0; second < 3; second++)
        {
            _time.Advance(Limit);
            var later = Run(servers);
            await Eventually.TrueAsync(() => later.IsCompleted, "a later command does not wait for the replica");
            await later;
        }
    }

    [Fact]
    public async Task A_replica_that_becomes_a_primary_while_it_hangs_is_detected_after_it_answers()
    {
        await using var servers = await ConnectedServers.StartAsync(isPrimaryBehindProxy: false);
        await RunWhileServerHangsAsync(servers);

        await Replication.DetachAsync(servers.Primary, servers.Replica);
        servers.Proxy.ReleaseResponses();

        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(Limit);
                return await Record.ExceptionAsync(() => Run(servers)) is RedisConnectionException;
            },
            "the second primary is detected");
    }

    [Fact]
    public async Task A_write_waits_for_a_replica_that_hangs_and_is_refused_if_the_replica_has_become_a_primary()
    {
        await using var servers = await ConnectedServers.StartAsync(isPrimaryBehindProxy: false);
        await RunWhileServerHangsAsync(servers);
        await Replication.DetachAsync(servers.Primary, servers.Replica);

        var confirmation = _check.ConfirmAsync(servers.Multiplexer, Limit, Cancellation);
        servers.Proxy.ReleaseResponses();

        var exception = await Should.ThrowAsync<RedisConnectionException>(() => confirmation);
        exception.Message.ShouldContain("are primaries");
        WriteOutcome.Of(exception).ShouldBe("was not changed");
    }

    [Fact]
    public async Task A_primary_that_hangs_is_queried_again_by_the_next_command()
    {
        await using var servers = await ConnectedServers.StartAsync(isPrimaryBehindProxy: true);
        await RunWhileServerHangsAsync(servers);

        var next = Run(servers);

        next.IsCompleted.ShouldBeFalse();
        servers.Proxy.ReleaseResponses();
        await next;
    }

    private Task Run(ConnectedServers servers) => _check.RunAsync(servers.Multiplexer, Limit, Cancellation);

    /// <summary>Makes the server behind the proxy hang. Runs a check, and ends its wait for this server after the other server has answered.</summary>
    private async Task RunWhileServerHangsAsync(ConnectedServers servers)
    {
        servers.Proxy.HoldResponses();
        var first = Run(servers);
        await Eventually.TrueAsync(() => _time.ArmedTimers == 1, "the check waits only for the server that hangs");
        await _time.AdvanceUntilAsync(() => first.IsCompleted, within: Limit, _time.Advance);
        await first;
    }

    /// <summary>A primary and its replica, one of them behind a proxy, and a client that is connected to both.</summary>
    private sealed class ConnectedServers(RedisServer primary, RedisServer replica, TcpProxy proxy, ConnectionMultiplexer multiplexer) : IAsyncDisposable
    {
        public RedisServer Primary => primary;

        public RedisServer Replica => replica;

        public TcpProxy Proxy => proxy;

        public ConnectionMultiplexer Multiplexer => multiplexer;

        public static async Task<ConnectedServers> StartAsync(bool isPrimaryBehindProxy)
        {
            var primary = await RedisServer.StartAsync(RedisServerKind.Real);
            var replica = await Replication.StartReplicaAsync(primary);
            var proxy = TcpProxy.Start(isPrimaryBehindProxy ? primary.Port : replica.Port);
            var other = isPrimaryBehindProxy ? replica : primary;
            // The client library itself waits for an hour, so that it never ends the wait for a server that hangs.
            var multiplexer = await ConnectionMultiplexer.ConnectAsync($"{other.ConnectionString},{proxy.ConnectionString},allowAdmin=true,asyncTimeout=3600000");
            multiplexer.GetServers().Count(server => server.IsReplica).ShouldBe(1);
            return new ConnectedServers(primary, replica, proxy, multiplexer);
        }

        public async ValueTask DisposeAsync()
        {
            // The client waits for answers when it closes.
            proxy.ReleaseResponses();
            await multiplexer.DisposeAsync();
            await proxy.DisposeAsync();
            await replica.DisposeAsync();
            await primary.DisposeAsync();
        }
    }
}
