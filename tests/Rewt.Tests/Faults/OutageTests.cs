namespace Rewt.Tests.Faults;

public sealed class OutageTests
{
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    [Theory]
    [InlineData("refused")]
    [InlineData("half-open")]
    public Task Warm_services_do_not_notice_an_outage(string kind) => WarmAsync(kind, TimeSpan.FromSeconds(4), parallel: 50);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("refused")]
    [InlineData("dead connection")]
    [InlineData("half-open")]
    [InlineData("black-holed")]
    [InlineData("stopped")]
    public Task Two_hundred_parallel_requests_do_not_notice_twenty_seconds_of_outage(string kind) => WarmAsync(kind, TimeSpan.FromSeconds(20), parallel: 200);

    [Theory]
    [InlineData("refused")]
    [InlineData("black-holed")]
    [InlineData("stopped")]
    public async Task Services_without_keys_answer_503_and_recover_automatically(string kind)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var issuer = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await issuer.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await BreakAsync(kind, redis, proxy);
        await using var cold = await TestService.StartAsync(proxy.ConnectionString);
        using var client = new HttpClient { BaseAddress = cold.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StatusAsync(client)));

        answers.Distinct().ShouldBe([HttpStatusCode.ServiceUnavailable]);

        await MendAsync(kind, redis, proxy);
        await Eventually.TrueAsync(async () => await StatusAsync(client) == HttpStatusCode.OK, "the service has healed");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_server_that_pauses_writes_across_a_rotation_costs_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 2, 2, options => options.RotationInterval = TimeSpan.FromSeconds(10));
        var before = await fleet.CurrentKeysAsync();
        var traffic = fleet.Drive(callsPerSecond: 100);

        await redis.CommandAsync("CLIENT", "PAUSE", 60_000, "WRITE");
        await Eventually.TrueAsync(() => traffic.Calls >= 1_200, "a rotation is due");
        await redis.CommandAsync("CLIENT", "UNPAUSE");
        await Eventually.TrueAsync(
            async () => await fleet.CurrentKeysAsync() is var keys && keys.Distinct().Count() == 1 && !before.Contains(keys[0]), "all have one new key");
        await traffic.StopAsync();

        traffic.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Past_the_stale_budget_receivers_answer_503_and_senders_send_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 1, 1, options =>
            (options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)));
        var caller = fleet.Callers[0];
        var callee = fleet.Hosts.First();
        var token = await caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: Cancellation);
        using var bare = new HttpClient { BaseAddress = callee.Address };
        bare.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var signing = caller.Client("callee-0");

        await redis.KillAsync();
        (await StatusAsync(bare)).ShouldBe(HttpStatusCode.OK);
        HttpResponseMessage? late = null;
        await Eventually.TrueAsync(
            async () =>
            {
                late?.Dispose();
                late = await bare.GetAsync(Secure, Cancellation);
                return late.StatusCode != HttpStatusCode.OK;
            },
            "the budget is spent");

        late!.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        late.Headers.RetryAfter.ShouldNotBeNull();
        late.Headers.WwwAuthenticate.ShouldBeEmpty();
        late.Dispose();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: Cancellation)) is RewtKeysUnavailableException,
            "the sender has spent its own");
        var sent = fleet.Sent;
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => signing.GetAsync(Secure, Cancellation));
        fleet.Sent.ShouldBe(sent);

        await redis.RestartAsync();
        await fleet.HealthyAsync();
    }

    [Fact]
    public async Task A_flood_on_cold_services_does_not_starve_the_thread_pool()
    {
        await using var proxy = TcpProxy.Start(FreePort.Next());
        proxy.Hold();
        var time = new FakeTimeProvider();
        await using var cold = Instance.Start(proxy.ConnectionString, time: time);
        var flood = Enumerable.Range(0, 2000).Select(async _ => await Record.ExceptionAsync(() => cold.SignAsync())).ToArray();

        // One thread began all of them, and none ends while the clock stands still: none holds the thread it began on.
        flood.ShouldAllBe(call => !call.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(10));
        foreach (var failure in await Task.WhenAll(flood)) failure.ShouldBeOfType<RewtKeysUnavailableException>();
    }

    private static async Task WarmAsync(string kind, TimeSpan outage, int parallel)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var service = await TestService.StartAsync(proxy.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromSeconds(outage > TimeSpan.FromSeconds(10) ? 5 : 2.5));
        using var client = new HttpClient { BaseAddress = service.Address };
        await service.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
        await LoadAsync(TimeSpan.FromMilliseconds(300));

        await BreakAsync(kind, redis, proxy);
        var answers = await LoadAsync(outage);
        await MendAsync(kind, redis, proxy);

        answers.ShouldBe([HttpStatusCode.OK]);
        var keyRing = service.Services.GetRequiredService<KeyRingRegistry>().Provider("rewt");
        await Eventually.TrueAsync(() => keyRing.Fresh is not null, "the keys are read again");

        async Task<IReadOnlyList<HttpStatusCode>> LoadAsync(TimeSpan length)
        {
            var started = TimeProvider.System.GetTimestamp();
            var pause = TimeSpan.FromMilliseconds(parallel * 4);
            var statuses = await Task.WhenAll(Enumerable.Range(0, parallel).Select(async index =>
            {
                var seen = new HashSet<HttpStatusCode>();
                // Spread out: what is measured is the outage and not a burst.
                await Task.Delay(pause * index / parallel, TimeProvider.System);
                while (TimeProvider.System.GetElapsedTime(started) < length)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, Secure);
                    request.Headers.Authorization = new("Bearer", await service.Tokens.CreateBearerAsync("inventory"));
                    using var response = await client.SendAsync(request);
                    seen.Add(response.StatusCode);
                    await Task.Delay(pause, TimeProvider.System);
                }

                return seen;
            }));
            return [.. statuses.SelectMany(status => status).Distinct()];
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(Secure, Cancellation);
        return response.StatusCode;
    }

    private static Task BreakAsync(string kind, RedisServer redis, TcpProxy proxy) => kind switch
    {
        "refused" => Done(proxy.Refuse),
        "stopped" => redis.StopProcessAsync(),
        "half-open" => Done(proxy.LoseConnections),
        _ => Done(proxy.Hold),
    };

    private static Task MendAsync(string kind, RedisServer redis, TcpProxy proxy) => kind switch
    {
        "refused" => Done(proxy.Listen),
        "stopped" => redis.ContinueProcessAsync(),
        "dead connection" => Done(proxy.ReleaseOnlyNew),
        "half-open" => Task.CompletedTask,
        _ => Done(proxy.Release),
    };
}
