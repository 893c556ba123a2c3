using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Tests.Pairs;

/// <summary>A key whose entry is deleted in Redis is replaced, and the health check of its service reports the deletion.</summary>
public sealed class DeletedKeyTests
{
    private const string Report = "Published keys of orders disappeared from Redis within the last 10 minutes";

    [Fact]
    public async Task A_deletion_of_published_keys_is_reported_by_the_health_check()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis);
        var keyId = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;

        // A renewal that has read the entry before the deletion writes it again.
        await Eventually.TrueAsync(
            async () =>
            {
                if ((await HealthAsync(service)).Description?.Contains(Report, StringComparison.Ordinal) == true) return true;
                await redis.CommandAsync("HDEL", "{rewt:rewt-keys}:orders:keys", keyId);
                return false;
            },
            "health reports the deletion");
        var health = await HealthAsync(service);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description!.ShouldContain("check which logins may write '{rewt:rewt-keys}:orders:keys'");
        (await service.Ring.GetAsync(Cancellation)).Current!.KeyId.ShouldNotBe(keyId);
    }

    [Theory]
    [InlineData("revoke")]
    [InlineData("rotate")]
    [InlineData("FLUSHALL")]
    public async Task A_revocation_a_rotation_and_a_loss_of_all_data_are_not_reported_as_deletions(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis);
        var keyId = (await service.Ring.GetAsync(Cancellation)).Current!.KeyId;

        if (command == "revoke") await service.Ring.RevokeAsync(keyId, Cancellation);
        else if (command == "rotate") await service.Ring.RotateAsync(Cancellation);
        else await redis.FlushAllAsync();

        for (var read = 0; read < 3; read++) await service.Provider.ReadNowAsync(Cancellation);
        ((await HealthAsync(service)).Description ?? "").ShouldNotContain(Report);
        (await service.CallAsync(await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    private static Task<TestService> StartAsync(RedisServer redis) => TestService.StartAsync(
        redis.ConnectionString,
        "orders",
        options => (options.KeyMode, options.RefreshInterval) = (KeyMode.KeyPair, TimeSpan.FromSeconds(1)),
        builder => builder.Services.AddHealthChecks().AddRewtCheck());

    private static async Task<HealthReportEntry> HealthAsync(TestService service) =>
        (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];
}
