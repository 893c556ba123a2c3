using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.Ring;
using StackExchange.Redis;

namespace Rewt.Tests.Operations;

/// <summary>Tests the doctor of a service: its log events and its effect on the health check.</summary>
public sealed class DoctorServiceTests
{
    [Fact]
    public async Task A_service_logs_doctor_findings_once_at_the_start_and_a_warning_degrades_its_health()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--maxmemory-policy", "allkeys-lru");
        var log = new CapturedLog();
        await using var service = await StartAsync(redis.ConnectionString, log);

        await service.WaitForDoctorAsync();

        Lines(log).ShouldBe(
            [
                "Warning DoctorFinding: Key ring rewt, eviction: Redis may drop keys when maxmemory is set (maxmemory-policy allkeys-lru); run CONFIG SET maxmemory-policy noeviction, or use a separate server for the keys.",
                "Information DoctorFinding: Key ring rewt, no-persistence: Redis has no persistence and no replica: a restart creates new keys, which fails no call, but revocations are lost when all instances have ended; set appendonly yes, or add a replica.",
            ],
            ignoreOrder: true);
        var health = await CheckAsync(service);
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description!.ShouldContain("allkeys-lru");
        health.Description!.ShouldNotContain("persistence", Case.Sensitive, "an advice does not degrade the health");
        using var measured = new Measurements(service.Services);
        measured.Gauge("rewt.doctor.findings").ShouldBe(1);
    }

    [Fact]
    public async Task An_unavailable_server_delays_no_start_and_is_examined_after_it_returns()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await redis.KillAsync();
        var log = new CapturedLog();
        await using var service = await StartAsync(redis.ConnectionString, log);
        Lines(log).ShouldBeEmpty();

        await redis.RestartAsync();

        await service.WaitForDoctorAsync();
        Reports(service).Of("rewt").ShouldBeEmpty();
        await Eventually.TrueAsync(async () => (await CheckAsync(service)).Status == HealthStatus.Healthy, "the service is healthy");
    }

    [Fact]
    public async Task A_failed_examination_is_repeated_soon_but_less_and_less_often()
    {
        var (clock, reports, doctor) = (new TestClock(), new DoctorReports(), new FailingDoctor());
        var store = new FaultyRingStore(new SharedMemoryRing().Store) { Doctor = doctor };
        await using var sender = Sender.Create(services => services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new SingleRingStoreFactory(store))));
        await sender.Ring.GetAsync(Cancellation);
        using var service = new DoctorService(sender.Services.GetRequiredService<KeyRingRegistry>(), reports, clock, NullLoggerFactory.Instance);
        var started = clock.GetTimestamp();
        await service.StartAsync(Cancellation);

        await AdvanceUntilAsync(() => doctor.Examinations >= 3);
        clock.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        await AdvanceUntilAsync(() => doctor.Examinations >= 10);
        clock.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMinutes(20));
        reports.All.ShouldBeEmpty();
        doctor.Fails = false;
        await AdvanceUntilAsync(() => reports.All.Any());
        await service.StopAsync(Cancellation);

        Task AdvanceUntilAsync(Func<bool> condition) => clock.AdvanceUntilAsync(condition, within: TimeSpan.FromSeconds(5), clock.Advance);
    }

    [Fact]
    public async Task A_clock_offset_is_reported_before_tokens_are_refused()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var service = await StartAsync(
            redis.ConnectionString, new CapturedLog(), services => services.AddSingleton<TimeProvider>(new ShiftedTimeProvider { Shift = TimeSpan.FromSeconds(20) }));

        await Eventually.TrueAsync(() => Reports(service).Of("rewt").Any(finding => finding.Code == "clock-offset"), "an offset over half of the skew is reported");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task The_finding_of_a_corrected_clock_ends_although_the_server_of_another_scheme_is_unavailable()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        var time = new ShiftedTimeProvider { Shift = TimeSpan.FromSeconds(20) };
        await using var service = await StartAsync(redis.ConnectionString, new CapturedLog(), services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddRewtKeys("Partners", options => (options.Namespace, options.Redis) = ("partners", $"127.0.0.1:{FreePort.Next()}"));
        });
        await Eventually.TrueAsync(() => Reports(service).Of("rewt").Any(finding => finding.Code == "clock-offset"), "the offset is reported");

        time.Shift = TimeSpan.Zero;

        await Eventually.TrueAsync(() => !Reports(service).Of("rewt").Any(), "the finding has ended");
    }

    [Fact]
    public async Task A_multiplexer_without_admin_mode_is_examined_and_shown_in_the_health_data()
    {
        using var certificates = new TestCertificates();
        var port = FreePort.Next();
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, ["--maxmemory-policy", "allkeys-lru", .. certificates.ServerArguments(port, clientsNeedCertificates: false)]);
        await redis.CommandAsync("ACL", "SETUSER", "orders", "on", ">of-a-test,user=a-part", "allkeys", "allchannels", "+@all");
        var configuration = new ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, Ssl = true, User = "orders", Password = "of-a-test,user=a-part", Protocol = RedisProtocol.Resp3 };
        configuration.TrustIssuer(certificates.Authority);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
        await using var service = await StartAsync(redis.ConnectionString, new CapturedLog(), services =>
        {
            services.AddSingleton<IConnectionMultiplexer>(multiplexer);
            services.PostConfigure<RewtOptions>(options => options.Redis = null);
        });

        await service.WaitForDoctorAsync();

        Reports(service).Of("rewt").ShouldContain(finding => finding.Code == "eviction");
        var data = (IReadOnlyDictionary<string, string>)(await CheckAsync(service)).Data.Values.Single();
        data["connection"].ShouldMatch(string.Create(CultureInfo.InvariantCulture, $@"^Redis [\d.]+ \(standalone\) at 127\.0\.0\.1:{port}, RESP3, TLS, user orders, StackExchange\.Redis [\d.]+$"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(true, "-acl")]
    [InlineData(true, "-eval")]
    [InlineData(false, "resetkeys", "%R~{rewt:rewt-keys}:*", "~{rewt:rewt-keys}:inventory:*", "~{rewt:rewt-keys}:instances")]
    public async Task A_login_that_may_publish_key_pairs_of_every_service_is_reported(bool isReported, params string[] rules)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await redis.CommandAsync(["ACL", "SETUSER", "default", .. rules]);
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => options.KeyMode = KeyMode.KeyPair);
        var doctor = service.Provider.Doctor!;

        var findings = (await doctor.ExamineAsync(Cancellation)).Findings;

        findings.Any(finding => finding.Code == "pair-rights").ShouldBe(isReported);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_login_that_may_publish_key_pairs_of_another_service_is_reported_with_the_service(bool isTrustedIssuer)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await redis.CommandAsync("ACL", "SETUSER", "default", "resetkeys", "%R~{rewt:rewt-keys}:*", "~{rewt:rewt-keys}:inventory:*", "~{rewt:rewt-keys}:orders:*", "~{rewt:rewt-keys}:instances");
        await using var orders = isTrustedIssuer ? null : await Instance.StartWarmAsync(redis.ConnectionString, options => (options.KeyMode, options.ServiceName) = (KeyMode.KeyPair, "orders"));
        if (orders is not null) await orders.WaitUntilAnnouncedAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options =>
        {
            options.KeyMode = KeyMode.KeyPair;
            if (isTrustedIssuer) ((List<string>)["shipping", "orders"]).ForEach(options.TrustedIssuers.Add);
        });
        var doctor = service.Provider.Doctor!;

        var finding = (await doctor.ExamineAsync(Cancellation)).Findings.Single(finding => finding.Code == "pair-rights");

        finding.Text.ShouldStartWith("The Redis login is permitted to publish keys for other services (orders), so a service with this login can sign in their names;");
    }

    [Fact]
    public async Task A_service_is_unhealthy_if_a_revoked_current_key_cannot_be_replaced()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real, "--appendonly", "yes");
        await using var signer = await Instance.StartWarmAsync(redis.ConnectionString);
        await using var service = await StartAsync(redis.ConnectionString, new CapturedLog());
        await service.Ring.GetAsync(Cancellation);
        var current = await signer.CurrentAsync();

        await using var operations = await redis.ConnectAsync();
        await operations.CommandAsync("MULTI");
        await operations.CommandAsync("ZADD", "{rewt:rewt-secret}:dead", TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds(), current);
        // Another version causes a read of the revoked keys, which are otherwise read every 30 seconds.
        await operations.CommandAsync("HINCRBY", "{rewt:rewt-secret}:ring", "version", 1);
        await operations.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);
        await operations.CommandAsync("EXEC");

        await Eventually.TrueAsync(async () => (await CheckAsync(service)).Status == HealthStatus.Unhealthy, "the service cannot sign");
        (await CheckAsync(service)).Description!.ShouldContain("NOREPLICAS");
    }

    private static Task<TestService> StartAsync(string redis, CapturedLog log, Action<IServiceCollection>? configure = null) => TestService.StartAsync(
        redis,
        settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(500),
        configure: builder =>
        {
            builder.Logging.AddProvider(log);
            builder.Services.AddHealthChecks().AddRewtCheck();
            configure?.Invoke(builder.Services);
        });

    private static DoctorReports Reports(TestService service) => service.Services.GetRequiredService<DoctorReports>();

    private static IEnumerable<string> Lines(CapturedLog log) => log.Text.Split('\n').Where(line => line.Contains("Doctor", StringComparison.Ordinal)).Select(line => line.Trim());

    private static async Task<HealthReportEntry> CheckAsync(TestService service) =>
        (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Entries["rewt"];

    private sealed class FailingDoctor : IStoreDoctor
    {
        private int _examinations;

        public int Examinations => Volatile.Read(ref _examinations);

        public bool Fails { get; set; } = true;

        public Task<StoreReport> ExamineAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _examinations);
            return Fails ? throw new TimeoutException() : Task.FromResult(new StoreReport(null!, []));
        }
    }
}
