using System.Diagnostics;
using Rewt.Internal;

namespace Rewt.Tests.Faults;

[Collection(Timed.Name)]
public sealed class OutageTests(ITestOutputHelper output)
{
    private static readonly Uri Secure = new("/secure", UriKind.Relative);

    [Theory]
    [InlineData("refused")]
    [InlineData("dead connection", Traits = ["Category", "Long"])]
    [InlineData("black-holed", Traits = ["Category", "Long"])]
    [InlineData("stopped", Traits = ["Category", "Long"])]
    public Task Warm_services_do_not_notice_an_outage(string kind) => WarmAsync(kind, TimeSpan.FromSeconds(4), parallel: 50);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("refused")]
    [InlineData("black-holed")]
    [InlineData("stopped")]
    public Task Two_hundred_parallel_requests_do_not_notice_twenty_seconds_of_outage(string kind) => WarmAsync(kind, TimeSpan.FromSeconds(20), parallel: 200);

    [Theory]
    [InlineData("refused")]
    [InlineData("black-holed")]
    [InlineData("stopped")]
    public async Task Cold_services_answer_503_in_time_and_heal_by_themselves(string kind)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var issuer = await Instance.StartWarmAsync(redis.ConnectionString);
        var token = await issuer.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken);
        await BreakAsync(kind, redis, proxy);
        await using var cold = await TestService.StartAsync(proxy.ConnectionString);
        using var client = new HttpClient { BaseAddress = cold.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);

        // Two at the start wait for the first attempt, which may have to connect and to read.
        var limit = TimeSpan.FromSeconds(3.5);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => TimedAsync(client)));

        answers.Select(answer => answer.Status).Distinct().ShouldBe([HttpStatusCode.ServiceUnavailable]);
        answers.Max(answer => answer.Took).ShouldBeLessThan(limit);
        (await TimedAsync(client)).Took.ShouldBeLessThan(TimeSpan.FromSeconds(1));

        await MendAsync(kind, redis, proxy);
        await Eventually.TrueAsync(
            async () => (await TimedAsync(client)).Status == HttpStatusCode.OK, TimeSpan.FromSeconds(5), "the service has healed");
    }

    [Fact]
    public async Task Past_the_stale_budget_receivers_answer_503_and_senders_send_nothing()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var fleet = await Fleet.StartAsync(redis.ConnectionString, 1, 1, options =>
            (options.RefreshInterval, options.StaleBudget) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)));
        var caller = fleet.Callers[0];
        var callee = fleet.Hosts.First();
        var token = await caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: TestContext.Current.CancellationToken);
        using var bare = new HttpClient { BaseAddress = callee.Address };
        bare.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var signing = caller.Client("callee-0");

        await redis.KillAsync();
        (await TimedAsync(bare)).Status.ShouldBe(HttpStatusCode.OK);
        HttpResponseMessage? late = null;
        await Eventually.TrueAsync(
            async () =>
            {
                late?.Dispose();
                late = await bare.GetAsync(Secure, TestContext.Current.CancellationToken);
                return late.StatusCode != HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(6),
            "the budget is spent");

        late!.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        late.Headers.RetryAfter.ShouldNotBeNull();
        late.Headers.WwwAuthenticate.ShouldBeEmpty();
        late.Dispose();
        await Eventually.TrueAsync(
            async () => await Record.ExceptionAsync(() => caller.Tokens.CreateBearerAsync("callee-0", cancellationToken: TestContext.Current.CancellationToken)) is RewtKeysUnavailableException,
            TimeSpan.FromSeconds(2),
            "the sender has spent its own");
        var sent = fleet.Sent;
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => signing.GetAsync(Secure, TestContext.Current.CancellationToken));
        fleet.Sent.ShouldBe(sent);

        await redis.RestartAsync();
        await fleet.HealthyAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_flood_on_cold_services_does_not_starve_the_thread_pool()
    {
        await using var proxy = TcpProxy.Start(FreePort.Next());
        proxy.Hold();
        await using var cold = Instance.Start(proxy.ConnectionString);
        var flood = Enumerable.Range(0, 2000).Select(async _ => await Record.ExceptionAsync(() => cold.SignAsync())).ToArray();

        var worst = TimeSpan.Zero;
        while (!flood.All(task => task.IsCompleted))
        {
            var asked = TimeProvider.System.GetTimestamp();
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
            var took = TimeProvider.System.GetElapsedTime(asked);
            if (took > worst) worst = took;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        foreach (var failure in await Task.WhenAll(flood)) failure.ShouldBeOfType<RewtKeysUnavailableException>();
        output.WriteLine($"a thread was had within {worst.TotalMilliseconds} ms");
        worst.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("refused")]
    [InlineData("black-holed")]
    public async Task An_outage_piles_up_no_threads_and_no_memory(string kind)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        var instances = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Instance.StartWarmAsync(proxy.ConnectionString)));
        var (threads, memory) = Use();

        await BreakAsync(kind, redis, proxy);
        var started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), "time passes");
        var (threadsAfter, memoryAfter) = Use();
        await MendAsync(kind, redis, proxy);
        foreach (var instance in instances) await instance.HealthyAsync(TimeSpan.FromSeconds(5));
        foreach (var instance in instances) await instance.DisposeAsync();

        output.WriteLine($"{threads} threads and {memory} bytes before, {threadsAfter} and {memoryAfter} after");
        threadsAfter.ShouldBeLessThan(threads + 40);
        memoryAfter.ShouldBeLessThan(memory + 20_000_000);

        static (int Threads, long Memory) Use()
        {
            using var process = Process.GetCurrentProcess();
            return (process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    private async Task WarmAsync(string kind, TimeSpan outage, int parallel)
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var proxy = TcpProxy.Start(redis.Port);
        await using var service = await TestService.StartAsync(proxy.ConnectionString, settings: options => options.RefreshInterval = TimeSpan.FromSeconds(outage > TimeSpan.FromSeconds(10) ? 5 : 2.5));
        using var client = new HttpClient { BaseAddress = service.Address };
        await service.Tokens.CreateBearerAsync(cancellationToken: TestContext.Current.CancellationToken);
        var took = new List<double>();
        await LoadAsync(TimeSpan.FromMilliseconds(300));
        took.Clear();

        await BreakAsync(kind, redis, proxy);
        var answers = await LoadAsync(outage);
        await MendAsync(kind, redis, proxy);

        took.Sort();
        var p99 = took[(int)(took.Count * 0.99)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{took.Count} requests in the outage, p99 {p99:F1} ms, worst {took[^1]:F1} ms"));
        answers.ShouldBe([HttpStatusCode.OK]);
        p99.ShouldBeLessThan(50);
        var keeper = service.Services.GetRequiredService<RingRegistry>().Keeper("rewt");
        await Eventually.TrueAsync(() => keeper.Fresh is not null, TimeSpan.FromSeconds(5), "the keys are read again");

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
                    var sent = TimeProvider.System.GetTimestamp();
                    using var response = await client.SendAsync(request);
                    lock (took) took.Add(TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds);
                    seen.Add(response.StatusCode);
                    await Task.Delay(pause, TimeProvider.System);
                }

                return seen;
            }));
            return [.. statuses.SelectMany(status => status).Distinct()];
        }
    }

    private static async Task<(HttpStatusCode Status, TimeSpan Took)> TimedAsync(HttpClient client)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var response = await client.GetAsync(Secure, TestContext.Current.CancellationToken);
        return (response.StatusCode, TimeProvider.System.GetElapsedTime(started));
    }

    private static async Task BreakAsync(string kind, RedisServer redis, TcpProxy proxy)
    {
        if (kind == "refused") proxy.Refuse();
        else if (kind == "stopped") await redis.StopProcessAsync();
        else proxy.Hold();
    }

    private static async Task MendAsync(string kind, RedisServer redis, TcpProxy proxy)
    {
        switch (kind)
        {
            case "refused":
                proxy.Listen();
                break;
            case "stopped":
                await redis.ContinueProcessAsync();
                break;
            case "dead connection":
                proxy.ReleaseOnlyNew();
                break;
            case "black-holed":
                proxy.Release();
                break;
            default:
                throw new UnreachableException();
        }
    }
}
