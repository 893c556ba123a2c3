using Rewt.Tests.Tenants;

namespace Rewt.Tests.Operations;

/// <summary>Tests the metrics and the traces of the library.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task A_token_of_another_tenant_than_the_request_is_counted_once_and_the_log_names_its_issuer()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TenantService.StartAsync(redis);
        using var measured = new Measurements(service.Services);
        var token = await service.SignAsync("a");
        for (var call = 0; call < 4; call++) (await service.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        (await service.StatusAsync("b", token)).ShouldBe(HttpStatusCode.Unauthorized);

        measured.Sum("rewt.tokens.verified", "rewt.result", "valid").ShouldBe(4);
        measured.Sum("rewt.tokens.verified", "rewt.reason", "other_tenant").ShouldBe(1);
        service.Log.Text.ShouldContain($"(iss 'inventory', kid '{new JsonWebToken(token).Kid}')");
    }

    [Fact]
    public async Task Signed_and_verified_tokens_are_counted_by_type_and_result()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis);
        using var measured = new Measurements(service.Services);
        var good = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var other = await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);
        await service.Data.SignTextAsync("data", Cancellation);

        foreach (var token in new[] { good, other, good[..^8] + "AAAAAAAA", "not.a.token" }) (await service.CallAsync(token)).Dispose();
        await service.Ring.RevokeAsync((await service.Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        (await service.CallAsync(good)).Dispose();

        measured.Sum("rewt.tokens.signed", "rewt.token.type", "bearer").ShouldBe(2);
        measured.Sum("rewt.tokens.signed", "rewt.token.type", "data").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.result", "valid").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.result", "bad_audience").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.result", "invalid").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.result", "foreign").ShouldBe(1);
        measured.Sum("rewt.tokens.verified", "rewt.result", "stale_key").ShouldBe(1);
        measured.Sum("rewt.ring.revocations", "rewt.cause", "operator").ShouldBe(1);
        measured.All.Where(one => one.Tags.ContainsKey("rewt.namespace")).ShouldAllBe(one => Equals(one.Tags["rewt.namespace"], "rewt"));
    }

    [Fact]
    public async Task A_rotation_is_counted_once_and_its_propagation_delay_is_measured()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        using var first = new Measurements(one.Services);
        using var second = new Measurements(two.Services);
        await two.Ring.GetAsync(Cancellation);
        var rotated = TimeProvider.System.GetTimestamp();

        await one.Ring.RotateAsync(Cancellation);

        await Eventually.TrueAsync(() => second.Count("rewt.ring.propagation.delay") == 1, "the other instance has seen the new pending key");
        first.Sum("rewt.ring.rotations", "rewt.cause", "operator").ShouldBe(1);
        second.Sum("rewt.ring.rotations").ShouldBe(0);
        first.Count("rewt.ring.propagation.delay").ShouldBe(0, "an instance measures no propagation of its own rotation");
        // The delay is in seconds and is rounded by the clock of the server.
        second.Sum("rewt.ring.propagation.delay").ShouldBeInRange(0, TimeProvider.System.GetElapsedTime(rotated).TotalSeconds + 1);
        first.Count("rewt.ring.refresh.duration").ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task An_outage_is_measured_by_refresh_errors_contact_age_and_stale_serves()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await StartAsync(redis);
        using var measured = new Measurements(service.Services);
        await service.Ring.GetAsync(Cancellation);
        measured.Gauge("rewt.ring.usable").ShouldBe(1);
        measured.Gauge("rewt.key.age")!.Value.ShouldBeInRange(0, 60);
        measured.Gauge("rewt.ring.version").ShouldBe(1);

        await redis.KillAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                await service.Data.SignTextAsync("data", Cancellation);
                return measured.Sum("rewt.ring.stale_serves") > 0 && measured.Sum("rewt.ring.refresh.errors") > 0;
            },
            "the service uses known keys and counts this");
        measured.Gauge("rewt.ring.contact.age")!.Value.ShouldBeGreaterThan(0.2);
        measured.All.Where(one => one.Name == "rewt.ring.refresh.errors").ShouldAllBe(one => ((string)one.Tags["error.type"]!).Length > 0);
    }

    [Fact]
    public async Task The_version_is_measured_only_for_a_shared_key_ring()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => options.KeyMode = KeyMode.KeyPair);
        using var measured = new Measurements(service.Services);
        await service.Ring.GetAsync(Cancellation);

        measured.Gauge("rewt.ring.usable").ShouldBe(1);
        measured.Gauge("rewt.ring.version").ShouldBeNull();
    }

    [Fact]
    public async Task Unknown_key_ids_are_counted_as_found_or_not_found()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var proxy = TcpProxy.Start(redis.Port);
        proxy.DropPushMessages();
        await using var one = await StartAsync(redis);
        // Without pushes and polls, this instance reads a new key only on demand.
        await using var two = await TestService.StartAsync(proxy.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromMinutes(5));
        using var measured = new Measurements(two.Services);
        await two.Ring.GetAsync(Cancellation);

        // This is repeated in case the instance has already read the ring for another reason.
        await Eventually.TrueAsync(
            async () =>
            {
                await one.Ring.RotateAsync(Cancellation);
                await one.Ring.RotateAsync(Cancellation);
                (await two.Data.VerifyAsync(await one.Data.SignTextAsync("data", Cancellation), Cancellation)).IsValid.ShouldBeTrue();
                return measured.Sum("rewt.keys.unknown", "rewt.outcome", "found") >= 1;
            },
            "an unknown key was found");
        (await VerifyForeignAsync(two)).ShouldBe(RewtRefusal.StaleKey);

        measured.Sum("rewt.keys.unknown", "rewt.outcome", "not_found").ShouldBe(1);

        static async Task<RewtRefusal> VerifyForeignAsync(TestService host)
        {
            await using var elsewhere = await TestService.StartAsync(null);
            var foreign = await elsewhere.Data.SignTextAsync("data", Cancellation);
            return (await host.Data.VerifyAsync(foreign, Cancellation)).Refusal;
        }
    }

    [Fact]
    public async Task Ring_operations_create_spans_and_cache_hits_create_none()
    {
        await using var redis = await RedisServer.StartAsync();
        var name = $"spans-{Guid.NewGuid():N}";
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = Listen(name, spans.Enqueue);
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => (options.Namespace, options.RefreshInterval) = (name, TimeSpan.FromMinutes(5)));
        await service.Ring.GetAsync(Cancellation);
        await Eventually.TrueAsync(() => spans.Any(span => span.OperationName == "rewt.ring.fetch"), "the first read has ended");

        using (var request = new Activity("a request").Start())
        {
            for (var i = 0; i < 50; i++) await service.Data.VerifyAsync(await service.Data.SignTextAsync("data", Cancellation), Cancellation);
            spans.ShouldNotContain(span => span.TraceId == request.TraceId);
        }

        using var parent = new Activity("an operator's request").Start();
        await service.Ring.RotateAsync(Cancellation);
        var rotation = spans.Single(span => span.OperationName == "rewt.ring.rotate");
        rotation.TraceId.ShouldBe(parent.TraceId);
        spans.First(span => span.OperationName == "rewt.ring.fetch").ParentId.ShouldBeNull("the polling loop belongs to no trace");
    }

    [Fact]
    public async Task A_background_refresh_is_exported_only_if_it_changes_the_keys()
    {
        await using var redis = await RedisServer.StartAsync();
        var name = $"spans-{Guid.NewGuid():N}";
        var spans = new System.Collections.Concurrent.ConcurrentQueue<bool>();
        using var listener = Listen(name, activity =>
        {
            if (activity.OperationName == "rewt.ring.fetch") spans.Enqueue(activity.Recorded);
        });
        await using var service = await TestService.StartAsync(redis.ConnectionString, settings: options => (options.Namespace, options.RefreshInterval) = (name, TimeSpan.FromMilliseconds(100)));

        await service.Ring.GetAsync(Cancellation);
        await Eventually.TrueAsync(() => spans.Count(isExported => !isExported) >= 3, "three polls have found no change");

        spans.ShouldContain(true, "the first read");
        using (new Activity("an operator's request").Start()) await service.Ring.RotateAsync(Cancellation);
        var exported = spans.Count(isExported => isExported);
        await redis.KillAsync();
        await Eventually.TrueAsync(() => spans.Count(isExported => isExported) > exported, "a failed poll is exported");
    }

    [Fact]
    public void Counting_allocates_no_memory_without_a_listener()
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        using var provider = services.BuildServiceProvider();
        var metrics = new RingMetrics(new RewtMetrics(provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), "rewt");
        var result = TokenResult.Refused(RefusalReason.Expired);
        RecordAll(metrics, result);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) RecordAll(metrics, result);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        static void RecordAll(RingMetrics metrics, TokenResult result)
        {
            metrics.Count(result);
            metrics.Signed(TokenTypes.Bearer);
            metrics.CacheHit();
            metrics.UnknownKey(isFound: false);
            metrics.ServedStale();
        }
    }

    private static ActivityListener Listen(string @namespace, Action<Activity> stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Rewt",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("rewt.namespace"), @namespace)) stopped(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static async Task<TestService> StartAsync(RedisServer redis)
    {
        var host = await TestService.StartAsync(redis.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(300));
        await host.Ring.GetAsync(Cancellation);
        return host;
    }
}
