namespace Rewt.Tests.Operations;

/// <summary>Servers that the tool cannot use: each cause has a sentence and an exit code of its own.</summary>
public sealed class ToolUnusableServerTests
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
        await using var primary = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var instance = await Instance.StartWarmAsync(primary.ConnectionString);
        await using var replica = await Servers.StartReplicaAsync(primary);

        (await ToolRun.RunAsync([.. command, "--redis", replica.ConnectionString])).Fails(11, "is a replica", $"127.0.0.1:{primary.Port}");
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("doctor")]
    public async Task A_login_that_is_refused_is_named_without_the_password(params string[] command)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--requirepass", "first");

        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString + ",password=hunter2"])).Fails(10, "refused the login").Errors.ShouldNotContain("hunter2");
        (await ToolRun.RunAsync([.. command, "--redis", redis.ConnectionString])).Fails(10, "refused the login");
    }

    [Fact]
    public async Task A_host_name_that_is_unknown_is_named() =>
        (await ToolRun.RunAsync("keys", "list", "--redis", "redis.invalid:6379")).Fails(12, "'redis.invalid'", "DNS");
}
