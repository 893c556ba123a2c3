namespace Rewt.Tests.Faults;

public sealed class OutageTests
{
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    [Theory]
    [InlineData("refused")]
    [InlineData("half-open")]
    public Task Services_with_known_keys_accept_calls_during_an_outage(string kind) => AssertCallsSucceedAsync(kind, TimeSpan.FromSeconds(4), parallel: 50);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("refused")]
    [InlineData("dead connection")]
    [InlineData("half-open")]
    [InlineData("black-holed")]
    [InlineData("stopped")]
    public Task Services_with_known_keys_accept_200_parallel_requests_during_a_20_second_outage(string kind) =>
        AssertCallsSucceedAsync(kind, TimeSpan.FromSeconds(20), parallel: 200);

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
        await InterruptAsync(kind, redis, proxy);
        await using var cold = await TestService.StartAsync(proxy.ConnectionString);
        using var client = new HttpClient { BaseAddress = cold.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StatusAsync(client)));

        answers.Distinct().ShouldBe([HttpStatusCode.ServiceUnavailable]);

        await RestoreAsync(kind, redis, proxy);
        await Eventually.TrueAsync(async () => await StatusAsync(client) == HttpStatusCode.OK, "the service has recovered");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Pausing_Redis_writes_during_a_rotation_fails_no_call()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 2, 2, options => options.RotationInterval = TimeSpan.FromSeconds(10));
        var before = await fleet.CurrentKeysAsync();
        var traffic = fleet.StartTraffic(callsPerSecond: 100);

        await redis.CommandAsync("CLIENT", "PAUSE", 60_000, "WRITE");
        await Eventually.TrueAsync(() => traffic.Calls >= 1_200, "a rotation is due");
        await redis.CommandAsync("CLIENT", "UNPAUSE");
        await Eventually.TrueAsync(
            async () => await fleet.CurrentKeysAsync() is var keys && keys.Distinct().Count() == 1 && !before.Contains(keys[0]), "all instances have one new key");
        await traffic.StopAsync();

        traffic.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Receivers_answer_503_and_senders_send_no_request_after_the_stale_budget()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        var time = new ShiftedTimeProvider();
        await using var fleet = await Fleet.StartAsync(
            redis.ConnectionString, 1, 1, options => (options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1)), time);
        var caller = fleet.Callers[0];
        var callee = fleet.Hosts.First();
        var token = await caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: Cancellation);
        using var plainClient = new HttpClient { BaseAddress = callee.Address };
        plainClient.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var signing = caller.Client("callee-0");

        await redis.KillAsync();
        (await StatusAsync(plainClient)).ShouldBe(HttpStatusCode.OK);
        time.Shift = TimeSpan.FromSeconds(61);
        HttpResponseMessage? response = null;
        await Eventually.TrueAsync(
            async () =>
            {
                response?.Dispose();
                response = await plainClient.GetAsync(Secure, Cancellation);
                return response.StatusCode != HttpStatusCode.OK;
            },
            "the stale budget of the receiver has passed");

        response!.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        response.Dispose();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: Cancellation)) is RewtKeysUnavailableException,
            "the stale budget of the sender has passed");
        var sent = fleet.Sent;
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => signing.GetAsync(Secure, Cancellation));
        fleet.Sent.ShouldBe(sent);

        await redis.RestartAsync();
        await fleet.WaitUntilHealthyAsync();
    }

    [Fact]
    public async Task Calls_that_wait_for_the_first_keys_block_no_threads()
    {
        await using var proxy = TcpProxy.Start(FreePort.Next());
        proxy.Hold();
        var time = new TestClock();
        await using var cold = Instance.Start(proxy.ConnectionString, time: time);
        var calls = Enumerable.Range(0, 2000).Select(async _ => await Record.ExceptionAsync(() => cold.SignAsync())).ToArray();

        // One thread started all calls and none of them has completed, so none of them blocks a thread.
        calls.ShouldAllBe(call => !call.IsCompleted);

        var failures = Task.WhenAll(calls);
        await time.AdvanceUntilAsync(() => failures.IsCompleted, within: PendingRead.Limit(isFirst: true), time.Advance);
        foreach (var failure in await failures) failure.ShouldBeOfType<RewtKeysUnavailableException>();
    }

    private static async Task AssertCallsSucceedAsync(string kind, TimeSpan outage, int parallel)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var service = await TestService.StartAsync(proxy.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromSeconds(outage > TimeSpan.FromSeconds(10) ? 5 : 2.5));
        using var client = new HttpClient { BaseAddress = service.Address };
        await service.Tokens.CreateBearerAsync(cancellationToken: Cancellation);
        await LoadAsync(TimeSpan.FromMilliseconds(300));

        await InterruptAsync(kind, redis, proxy);
        var answers = await LoadAsync(outage);
        await RestoreAsync(kind, redis, proxy);

        answers.ShouldBe([HttpStatusCode.OK]);
        var keyRing = service.Provider;
        await Eventually.TrueAsync(() => keyRing.Fresh is not null, "the keys are read again");

        async Task<IReadOnlyList<HttpStatusCode>> LoadAsync(TimeSpan length)
        {
            var started = TimeProvider.System.GetTimestamp();
            var pause = TimeSpan.FromMilliseconds(parallel * 4);
            var statuses = await Task.WhenAll(Enumerable.Range(0, parallel).Select(async index =>
            {
                var seen = new HashSet<HttpStatusCode>();
                // The requests are spread out so that a burst is not measured instead of the outage.
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

    private static Task InterruptAsync(string kind, RedisServer redis, TcpProxy proxy) => kind switch
    {
        "refused" => AsTask(proxy.Refuse),
        "stopped" => redis.SuspendAsync(),
        "half-open" => AsTask(proxy.DropConnectionData),
        _ => AsTask(proxy.Hold),
    };

    private static Task RestoreAsync(string kind, RedisServer redis, TcpProxy proxy) => kind switch
    {
        "refused" => AsTask(proxy.Listen),
        "stopped" => redis.ResumeAsync(),
        "dead connection" => AsTask(proxy.ReleaseNewConnections),
        "half-open" => Task.CompletedTask,
        _ => AsTask(proxy.Release),
    };
}
