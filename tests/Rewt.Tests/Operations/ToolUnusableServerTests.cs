namespace Rewt.Tests.Operations;

/// <summary>Tests servers that the tool cannot use. Each cause has its own message and exit code.</summary>
public sealed class ToolUnusableServerTests(ToolUnusableServerTests.Replica replica) : IClassFixture<ToolUnusableServerTests.Replica>
{
    [Theory]
    [InlineData("keys", "list")]
    [InlineData("keys", "rotate", "--yes")]
    [InlineData("token", "create", "--audience", "inventory")]
    [InlineData("watch", "--changes", "1")]
    [InlineData("doctor")]
    [InlineData("apps", "list")]
    [InlineData("tenants", "list")]
    public async Task A_replica_is_reported_with_the_address_of_its_primary(params string[] command)
    {
        Require.RealRedis();

        (await ToolRun.RunAsync([.. command, "--redis", replica.Server.ConnectionString])).Fails(11, "is a replica", $"127.0.0.1:{replica.Primary.Port}");
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("doctor")]
    public async Task A_refused_login_is_reported_without_the_password(params string[] command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");

        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString + ",password=hunter2"])).Fails(10, "refused the login").Errors.ShouldNotContain("hunter2");
        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString])).Fails(10, "requires a login. Add password=");
    }

    [Fact]
    public async Task An_unknown_host_name_is_reported() =>
        (await ToolRun.RunAsync("keys", "list", "--redis", "redis.invalid:6379")).Fails(12, "The host of redis.invalid:6379 is unknown: DNS", "--redis (or REWT_REDIS)");

    /// <summary>Starts a primary with a key ring and its replica.</summary>
    public sealed class Replica : WithServices
    {
        public RedisServer Primary { get; private set; } = null!;

        public RedisServer Server { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            if (Executables.RedisServer is null) return;
            Primary = await DisposeAfterTestAsync(RedisServer.StartAsync(RedisServerKind.Real));
            await using var instance = await Instance.StartWarmAsync(Primary.ConnectionString);
            Server = await DisposeAfterTestAsync(Replication.StartReplicaAsync(Primary));
        }
    }
}
