using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Apps;

namespace Rewt.Tests.Faults;

/// <summary>Servers on which commands are renamed or switched off, as managed offerings do.</summary>
public sealed class SwitchedOffCommandTests
{
    [Theory]
    [InlineData("EVAL", "EVALSHA", "SCRIPT")]
    [InlineData("EVALSHA")]
    [InlineData("SCRIPT")]
    public async Task A_server_without_scripts_holds_the_whole_life_cycle_in_conditional_transactions(params string[] commands)
    {
        await using var redis = await StartWithoutAsync(commands);
        await LifeCycle.WorksAsync(redis.ConnectionString);
        (await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version")).ShouldBe("3");
    }

    [Fact]
    public async Task A_client_whose_command_map_has_no_scripts_holds_the_whole_life_cycle_in_conditional_transactions()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await LifeCycle.WorksAsync(redis.ConnectionString + ",$EVAL=,$EVALSHA=");
    }

    [Theory]
    [InlineData(RedisServerKind.Garnet, ",$EVAL=,$EVALSHA=")]
    [InlineData(RedisServerKind.GarnetWithoutLua, "")]
    public async Task A_garnet_server_without_scripts_holds_the_whole_life_cycle_in_conditional_transactions(RedisServerKind kind, string settings)
    {
        await using var garnet = await RedisServer.StartAsync(kind);
        await LifeCycle.WorksAsync(garnet.ConnectionString + settings);
    }

    [Fact]
    public async Task A_server_without_scripts_and_transactions_shares_the_secret_as_node_does()
    {
        await using var redis = await StartWithoutAsync("EVAL", "EVALSHA", "MULTI");
        await using var one = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString);

        (await two.VerifyAsync(await one.SignAsync())).ShouldBe(RewtRefusal.None);
        one.Log.Text.ShouldContain("Warning Degraded");
    }

    [Fact]
    public async Task A_server_without_scripts_keeps_trusted_apps_in_conditional_transactions()
    {
        await using var redis = await StartWithoutAsync("EVAL", "EVALSHA");
        await using var service = await Apps.AppService.StartAsync(redis.ConnectionString);
        var apps = service.Apps;

        var first = await apps.AddAsync(new RewtApp("acme") { Audiences = ["inventory"] }, cancellationToken: Cancellation);
        await apps.RotateAsync("acme", cancellationToken: Cancellation);
        (await apps.RevokeKeyAsync("acme", first.KeyId, Cancellation)).ShouldBeTrue();

        (await apps.ListAsync(Cancellation)).ShouldHaveSingleItem().Keys.Count(key => key.RevokedAt is null).ShouldBe(1);
    }

    [Fact]
    public async Task A_ring_that_cannot_be_made_is_not_called_revoked()
    {
        await using var redis = await StartWithoutAsync("EVAL", "EVALSHA", "SET");
        await using var service = await TestService.StartAsync(redis.ConnectionString, configure: builder => builder.Services.AddHealthChecks().AddRewtCheck());
        var health = service.Services.GetRequiredService<HealthCheckService>();
        HealthReport? report = null;

        await Eventually.TrueAsync(
            async () => (report = await health.CheckHealthAsync(Cancellation)).Entries.Single().Value.Description?.Contains("does not exist yet", StringComparison.Ordinal) == true,
            "health names the cause");

        report!.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries.Single().Value.Description!.ShouldNotContain("revoked");
    }

    [Fact]
    public async Task A_secret_that_a_server_repeats_in_its_error_is_in_no_exception()
    {
        await using var redis = await StartWithoutAsync("SET", "EVAL", "EVALSHA", "MULTI");
        await using var instance = Instance.Start(redis.ConnectionString);

        var failure = await Should.ThrowAsync<RewtKeysUnavailableException>(() => instance.SignAsync());
        await Eventually.TrueAsync(() => instance.Log.Text.Contains("RingWriteRefused", StringComparison.Ordinal), "the refusal is logged");

        (failure + instance.Log.Text).ShouldNotContain("args beginning");
    }

    private static Task<RedisServer> StartWithoutAsync(params string[] commands) =>
        RedisServer.StartAsync(RedisServerKind.Real, [.. commands.SelectMany(command => new[] { "--rename-command", command, "" })]);
}
