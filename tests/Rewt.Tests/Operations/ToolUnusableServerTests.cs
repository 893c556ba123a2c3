namespace Rewt.Tests.Operations;

/// <summary>Servers that the tool cannot use: each cause has a sentence and an exit code of its own.</summary>
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
    public async Task A_replica_is_named_and_so_is_its_primary(params string[] command)
    {
        Require.RealRedis();

        (await ToolRun.RunAsync([.. command, "--redis", replica.Server.ConnectionString])).Fails(11, "is a replica", $"127.0.0.1:{replica.Primary.Port}");
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("doctor")]
    public async Task A_login_that_is_refused_is_named_without_the_password(params string[] command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");

        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString + ",password=hunter2"])).Fails(10, "refused the login").Errors.ShouldNotContain("hunter2");
        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString])).Fails(10, "requires a login. Add password=");
    }

    [Fact]
    public async Task A_host_name_that_is_unknown_is_named() =>
        (await ToolRun.RunAsync("keys", "list", "--redis", "redis.invalid:6379")).Fails(12, "The host of redis.invalid:6379 is unknown: DNS", "--redis (or REWT_REDIS)");

    /// <summary>A primary with a key ring, and its replica.</summary>
    public sealed class Replica : WithServices
    {
        public RedisServer Primary { get; private set; } = null!;

        public RedisServer Server { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            if (Executables.RedisServer is null) return;
            Primary = await EndingAsync(RedisServer.StartAsync(RedisServerKind.Real));
            await using var instance = await Instance.StartWarmAsync(Primary.ConnectionString);
            Server = await EndingAsync(Servers.StartReplicaAsync(Primary));
        }
    }
}
