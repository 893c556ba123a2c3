namespace Rewt.Tests.Faults;

/// <summary>Habits of managed offerings.</summary>
public sealed class ManagedRedisTests
{
    [Theory]
    [InlineData("-config", "-acl")]
    [InlineData("-client")]
    [InlineData("-select", "-readonly", "-cluster")]
    [InlineData("-info", "-config", "-client", "-acl", "-select")]
    public async Task A_server_that_refuses_housekeeping_commands_holds_the_whole_life_cycle(params string[] refused)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await redis.CommandAsync(["ACL", "SETUSER", "default", .. refused]);
        await LifeCycle.WorksAsync(redis.ConnectionString);
    }

    [Fact]
    public async Task A_server_with_one_database_and_no_housekeeping_commands_holds_the_whole_life_cycle()
    {
        string[] missing = ["CONFIG", "ACL", "CLIENT", "DEBUG", "SELECT"];
        await using var redis = await RedisServer.StartAsync(
            RedisServerKind.Real, ["--databases", "1", .. missing.SelectMany(command => new[] { "--rename-command", command, "" })]);
        await LifeCycle.WorksAsync(redis.ConnectionString);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_server_that_closes_idle_connections_costs_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--timeout", "1");
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 1, 1, options => options.RefreshInterval = TimeSpan.FromSeconds(5));
        var traffic = fleet.Drive(callsPerSecond: 50);
        await Eventually.TrueAsync(() => traffic.Calls >= 500, "ten seconds pass");
        await fleet.Callers[0].Ring.RotateAsync(Cancellation);
        await Eventually.TrueAsync(() => traffic.Calls >= 1000, "ten seconds pass");
        await traffic.StopAsync();

        traffic.Failures.ShouldBeEmpty();
    }
}
