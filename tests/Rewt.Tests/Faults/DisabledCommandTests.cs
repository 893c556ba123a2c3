using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rewt.Tests.Apps;

namespace Rewt.Tests.Faults;

/// <summary>Tests servers on which commands are renamed or disabled, as in managed Redis services.</summary>
public sealed class DisabledCommandTests
{
    [Theory]
    [InlineData("EVAL", "EVALSHA", "SCRIPT")]
    [InlineData("EVALSHA")]
    [InlineData("SCRIPT")]
    public async Task The_key_life_cycle_works_with_transactions_on_a_server_without_scripts(params string[] commands)
    {
        await using var redis = await StartWithoutAsync(commands);
        await KeyLifeCycle.AssertWorksAsync(redis.ConnectionString);
        (await redis.CliAsync("HGET", "{rewt:rewt-secret}:ring", "version")).ShouldBe("3");
    }

    [Fact]
    public async Task The_key_life_cycle_works_with_transactions_when_the_command_map_disables_scripts()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await KeyLifeCycle.AssertWorksAsync(redis.ConnectionString + ",$EVAL=,$EVALSHA=");
    }

    [Theory]
    [InlineData(RedisServerKind.Garnet, ",$EVAL=,$EVALSHA=")]
    [InlineData(RedisServerKind.GarnetWithoutLua, "")]
    public async Task The_key_life_cycle_works_with_transactions_on_Garnet_without_scripts(RedisServerKind kind, string settings)
    {
        await using var garnet = await RedisServer.StartAsync(kind);
        await KeyLifeCycle.AssertWorksAsync(garnet.ConnectionString + settings);
    }

    [Fact]
    public async Task Instances_share_a_secret_on_a_server_without_scripts_and_transactions()
    {
        await using var redis = await StartWithoutAsync("EVAL", "EVALSHA", "MULTI");
        await using var one = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var two = await Instance.StartWarmAsync(redis.ConnectionString);

        (await two.VerifyAsync(await one.SignAsync())).ShouldBe(RewtRefusal.None);
        one.Log.Text.ShouldContain("Warning Degraded");
    }

    [Fact]
    public async Task Trusted_apps_are_stored_with_transactions_on_a_server_without_scripts()
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
    public async Task The_health_check_does_not_report_a_key_ring_that_cannot_be_created_as_revoked()
    {
        await using var redis = await StartWithoutAsync("EVAL", "EVALSHA", "SET");
        await using var service = await TestService.StartAsync(redis.ConnectionString, configure: builder => builder.Services.AddHealthChecks().AddRewtCheck());
        var health = service.Services.GetRequiredService<HealthCheckService>();
        HealthReport? report = null;

        await Eventually.TrueAsync(
            async () => (report = await health.CheckHealthAsync(Cancellation)).Entries.Single().Value.Description?.Contains("does not exist yet", StringComparison.Ordinal) == true,
            "the health check states the cause");

        report!.Status.ShouldBe(HealthStatus.Unhealthy);
        report.Entries.Single().Value.Description!.ShouldNotContain("revoked");
    }

    [Fact]
    public async Task A_secret_in_a_server_error_does_not_appear_in_logs_or_exceptions()
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
