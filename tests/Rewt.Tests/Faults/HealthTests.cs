using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Tests.Faults;

public sealed class HealthTests
{
    [Fact]
    public async Task The_health_check_with_known_keys_is_healthy_and_sends_no_Redis_commands()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await service.Ring.GetAsync(Cancellation);
        await WaitForStatusAsync(service, HealthStatus.Healthy, "available");
        var settings = (IReadOnlyDictionary<string, string>)(await CheckAsync(service)).Data["Rewt"];
        (settings["service"], settings["namespace"], settings["keysFrom"]).ShouldBe(("inventory", "rewt", "Redis"));
        settings["durations"].ShouldContain("RefreshInterval 00:01:00");
        await service.WaitForDoctorAsync();
        var before = (await redis.CommandCountsAsync()).Sum(pair => pair.Value);

        for (var i = 0; i < 100; i++) await CheckAsync(service);

        // Reading the counts is a command, and the heartbeat of the client library may add more.
        ((await redis.CommandCountsAsync()).Sum(pair => pair.Value) - before).ShouldBeLessThan(10);
    }

    [Fact]
    public async Task An_outage_is_reported_as_degraded_and_as_unhealthy_after_the_stale_budget()
    {
        await using var redis = await RedisServer.StartAsync();
        var time = new ShiftedTimeProvider();
        await using var service = await StartAsync(redis.ConnectionString, configure: services => services.AddSingleton<TimeProvider>(time));
        await service.Ring.GetAsync(Cancellation);

        await redis.KillAsync();
        await WaitForStatusAsync(service, HealthStatus.Degraded, "cannot be read");
        time.Shift = TimeSpan.FromHours(2);

        await WaitForStatusAsync(service, HealthStatus.Unhealthy, "StaleBudget");
    }

    [Fact]
    public async Task An_invalid_secret_in_Redis_is_reported_as_unhealthy_without_its_value()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis.ConnectionString);
        await service.Ring.GetAsync(Cancellation);

        await redis.SetAsync("rewt:rewt-secret", "much-too-short");

        await WaitForStatusAsync(service, HealthStatus.Unhealthy, "14 bytes");
        (await CheckAsync(service)).Description!.ShouldNotContain("much-too-short");
    }

    [Fact]
    public async Task A_server_that_accepts_no_writes_is_reported_as_degraded_with_its_error()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis.ConnectionString);
        await service.Ring.GetAsync(Cancellation);

        // A transaction is used so that the removed TTL cannot be restored before writes are refused.
        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync("MULTI");
        await operations.CommandAsync("PERSIST", "rewt:rewt-secret");
        await operations.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        await operations.CommandAsync("EXEC");

        await WaitForStatusAsync(service, HealthStatus.Degraded, "NOREPLICAS");
    }

    [Fact]
    public async Task A_wrong_clock_is_reported_as_degraded()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(
            redis.ConnectionString, configure: services => services.AddSingleton<TimeProvider>(new ShiftedTimeProvider { Shift = TimeSpan.FromHours(1) }));

        await WaitForStatusAsync(service, HealthStatus.Degraded, "clock");
    }

    [Fact]
    public async Task Unreadable_trusted_apps_are_unhealthy_before_the_first_read_and_degraded_afterwards()
    {
        const string Apps = "{rewt:rewt-secret}:apps";
        await using var redis = await RedisServer.StartAsync();
        await redis.SetAsync(Apps, "no hash");
        await using var service = await StartAsync(redis.ConnectionString, configure: services => services.AddAuthentication().AddRewtApiKeys());

        await WaitForStatusAsync(service, HealthStatus.Unhealthy, "API keys get 503");
        await redis.DelAsync(Apps);
        await WaitForStatusAsync(service, HealthStatus.Healthy, "available");
        await redis.SetAsync(Apps, "no hash");
        await WaitForStatusAsync(service, HealthStatus.Degraded, "the known API keys stay in use");
    }

    private static Task<TestService> StartAsync(string redis, Action<RewtOptions>? settings = null, Action<IServiceCollection>? configure = null) =>
        TestService.StartAsync(
            redis,
            settings: options =>
            {
                options.RefreshInterval = TimeSpan.FromMilliseconds(500);
                settings?.Invoke(options);
            },
            configure: builder =>
            {
                builder.Services.AddHealthChecks().AddRewtCheck();
                configure?.Invoke(builder.Services);
            });

    private static async Task<HealthReportEntry> CheckAsync(TestService service) =>
        (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];

    private static Task WaitForStatusAsync(TestService service, HealthStatus status, string text) => Eventually.TrueAsync(
        async () =>
        {
            var entry = await CheckAsync(service);
            return entry.Status == status && entry.Description!.Contains(text, StringComparison.Ordinal);
        },
        $"the status is {status} and its description contains '{text}'");
}
