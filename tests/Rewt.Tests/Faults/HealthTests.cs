using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rewt.Tests.Faults;

public sealed class HealthTests
{
    [Fact]
    public async Task Keys_in_memory_are_healthy_and_the_check_sends_Redis_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis.ConnectionString, options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await service.Ring.GetAsync(Cancellation);
        await BecomesAsync(service, HealthStatus.Healthy, "available");
        var settings = (IReadOnlyDictionary<string, string>)(await CheckAsync(service)).Data["Rewt"];
        (settings["service"], settings["namespace"], settings["keysFrom"]).ShouldBe(("inventory", "rewt", "Redis"));
        settings["durations"].ShouldContain("RefreshInterval 00:01:00");
        await Eventually.TrueAsync(() => service.Services.GetRequiredService<DoctorReports>().All.Any(), "the doctor has looked, and that on its own account");
        var before = (await redis.CommandCountsAsync()).Sum(pair => pair.Value);

        for (var i = 0; i < 100; i++) await CheckAsync(service);

        // The count itself is one command, and the client library's heartbeat may be another.
        ((await redis.CommandCountsAsync()).Sum(pair => pair.Value) - before).ShouldBeLessThan(10);
    }

    [Fact]
    public async Task An_outage_is_degraded_and_past_the_stale_budget_unhealthy()
    {
        await using var redis = await RedisServer.StartAsync();
        var time = new ShiftedTimeProvider();
        await using var service = await StartAsync(redis.ConnectionString, configure: services => services.AddSingleton<TimeProvider>(time));
        await service.Ring.GetAsync(Cancellation);

        await redis.KillAsync();
        await BecomesAsync(service, HealthStatus.Degraded, "cannot be read");
        time.Shift = TimeSpan.FromHours(2);

        await BecomesAsync(service, HealthStatus.Unhealthy, "StaleBudget");
    }

    [Fact]
    public async Task A_redis_that_never_answered_is_unhealthy()
    {
        await using var service = await StartAsync($"127.0.0.1:{FreePort.Next()}");

        await BecomesAsync(service, HealthStatus.Unhealthy, "Rewt:Redis");
    }

    [Fact]
    public async Task A_value_that_is_no_secret_is_unhealthy_and_named_without_being_shown()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis.ConnectionString);
        await service.Ring.GetAsync(Cancellation);

        await redis.SetAsync("rewt:rewt-secret", "much-too-short");

        await BecomesAsync(service, HealthStatus.Unhealthy, "14 bytes");
        (await CheckAsync(service)).Description!.ShouldNotContain("much-too-short");
    }

    [Fact]
    public async Task A_server_that_accepts_no_writes_is_degraded_with_the_error_of_the_server()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await StartAsync(redis.ConnectionString);
        await service.Ring.GetAsync(Cancellation);

        // In one step, so that the TTL that is missing cannot be put back before writes are refused.
        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync("MULTI");
        await operations.CommandAsync("PERSIST", "rewt:rewt-secret");
        await operations.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        await operations.CommandAsync("EXEC");

        await BecomesAsync(service, HealthStatus.Degraded, "NOREPLICAS");
    }

    [Fact]
    public async Task A_clock_that_is_off_is_degraded()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(
            redis.ConnectionString, configure: services => services.AddSingleton<TimeProvider>(new ShiftedTimeProvider { Shift = TimeSpan.FromHours(1) }));

        await BecomesAsync(service, HealthStatus.Degraded, "clock");
    }

    [Fact]
    public async Task Trusted_apps_that_cannot_be_read_are_unhealthy_until_they_were_read_and_then_degraded()
    {
        const string Apps = "{rewt:rewt-secret}:apps";
        await using var redis = await RedisServer.StartAsync();
        await redis.SetAsync(Apps, "no hash");
        await using var service = await StartAsync(redis.ConnectionString, configure: services => services.AddAuthentication().AddRewtApiKeys());

        await BecomesAsync(service, HealthStatus.Unhealthy, "API keys get 503");
        await redis.DelAsync(Apps);
        await BecomesAsync(service, HealthStatus.Healthy, "available");
        await redis.SetAsync(Apps, "no hash");
        await BecomesAsync(service, HealthStatus.Degraded, "the known API keys stay in use");
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

    private static Task BecomesAsync(TestService service, HealthStatus status, string says) => Eventually.TrueAsync(
        async () =>
        {
            var entry = await CheckAsync(service);
            return entry.Status == status && entry.Description!.Contains(says, StringComparison.Ordinal);
        },
        $"{status}, saying '{says}'");
}
