using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

/// <summary>
/// Tests calls to a callee that refuses every call although the key is current. The clock stands still, so a call that waits for the read budget never ends.
/// </summary>
public sealed class RefusingCalleeTests : IAsyncDisposable
{
    private const int Callees = 20;
    private const string Stale = "Bearer error=\"invalid_token\", rewt_error=\"stale_key\"";

    private readonly TestClock _time = new();
    private readonly SharedMemoryRing _ring;
    private readonly FaultyRingStore _store;
    private Sender? _sender;
    private int _requests;
    private string? _challenge = Stale;
    private HttpStatusCode _status = HttpStatusCode.Unauthorized;

    public RefusingCalleeTests()
    {
        _ring = new SharedMemoryRing(_time);
        _store = new FaultyRingStore(_ring.Store) { DropsPushes = true };
    }

    [Theory]
    [InlineData(Stale)]
    [InlineData("Bearer")]
    [InlineData(null)]
    public async Task Refused_calls_are_sent_once_and_cost_one_read_of_the_store(string? challenge)
    {
        _challenge = challenge;
        var sender = Create();
        var reads = await LoadKeysAsync(sender);

        for (var call = 0; call < 100; call++) (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => CallAsync(sender)));

        _requests.ShouldBe(200);
        _store.Reads.ShouldBe(reads + 1, "one read checks whether the key is still current");
        sender.Retries.ShouldBe(0);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_stale_key_challenge_without_a_401_causes_no_retry_and_no_read(HttpStatusCode status)
    {
        _status = status;
        var sender = Create();
        var reads = await LoadKeysAsync(sender);
        _ring.Store.Set(Secret.Generate().CopyBytes());

        for (var call = 0; call < 100; call++) (await CallAsync(sender)).ShouldBe(status);

        (_requests, _store.Reads, sender.Retries).ShouldBe((100, reads, 0));
    }

    [Theory]
    [InlineData("synchronous calls")]
    [InlineData("calls for different users")]
    [InlineData("concurrent first calls")]
    public async Task All_kinds_of_refused_calls_are_sent_once_and_share_one_read(string kind)
    {
        var sender = Create();
        var reads = await LoadKeysAsync(sender);

        if (kind == "concurrent first calls") await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => CallAsync(sender), Cancellation)));
        else
        {
            for (var call = 0; call < 100; call++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/a");
                if (kind == "calls for different users") request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = $"u-{call}" });
                using var response = kind == "synchronous calls" ? sender.Http().Send(request, Cancellation) : await sender.Http().SendAsync(request, Cancellation);
            }
        }

        _requests.ShouldBe(100);
        _store.Reads.ShouldBe(reads + 1);
    }

    [Fact]
    public async Task Refused_calls_signed_with_a_key_pair_are_sent_once()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddRewtInMemoryKeys(options => (options.ServiceName, options.KeyMode) = ("orders", KeyMode.KeyPair));
        Register(services);
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(Sender.Client);

        for (var call = 0; call < 100; call++) (await client.CallAsync("/a").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        _requests.ShouldBe(100);
    }

    [Fact]
    public async Task A_key_lost_after_an_earlier_refusal_is_replaced_without_a_push()
    {
        var sender = Create();
        await LoadKeysAsync(sender);
        await CallAsync(sender);
        await WaitUntilIdleAsync();
        // One poll follows that read, before the key is lost.
        var reads = _store.Reads;
        _time.Advance(TimeSpan.FromSeconds(4));
        await Eventually.TrueAsync(() => _store.Reads > reads && _time.SleepingLoops > 0, "the poll has read the store");
        _time.Advance(TimeSpan.FromSeconds(1.5));
        _ring.Store.Set(Secret.Generate().CopyBytes());

        await CallAsync(sender);

        _requests.ShouldBe(3);
        sender.Retries.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_before_a_rotation_is_written_does_not_hide_a_later_key_loss()
    {
        _challenge = null;
        var sender = Create(options => options.RefreshInterval = TimeSpan.FromMinutes(1));
        await sender.Ring.GetAsync(Cancellation);
        await WaitUntilIdleAsync();
        // The rotation is due but cannot be written, so the pending key signs.
        _store.IsReadOnly = true;
        _time.Advance(SharedMemoryRing.Lifetime - TimeSpan.FromSeconds(1));
        await CallAsync(sender);
        sender.Retries.ShouldBe(1);
        await WaitUntilIdleAsync();
        var writes = _store.Writes;
        _store.IsReadOnly = false;
        await _time.AdvanceUntilAsync(() => _store.Writes > writes, within: TimeSpan.FromMinutes(1), _time.Advance);
        await WaitUntilIdleAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        _ring.Store.Set(Secret.Generate().CopyBytes());

        await CallAsync(sender);

        sender.Retries.ShouldBe(2);
    }

    [Fact]
    public async Task A_401_without_a_reason_does_not_hide_a_later_stale_key()
    {
        var sender = Create();
        await LoadKeysAsync(sender);
        _challenge = null;
        await CallAsync(sender);
        _ring.Store.Set(Secret.Generate().CopyBytes());
        _challenge = Stale;
        _time.Advance(TimeSpan.FromSeconds(1));

        await CallAsync(sender);

        _requests.ShouldBe(3);
        sender.Retries.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_by_another_callee_does_not_shorten_the_read_after_a_key_loss()
    {
        var sender = Create();
        await LoadKeysAsync(sender);
        await CallAsync(sender, NameOf(0));
        _store.Hold();
        _ring.Store.Set(Secret.Generate().CopyBytes());
        var reads = _store.Reads;

        var call = CallAsync(sender);
        await Eventually.TrueAsync(() => _store.Reads > reads, "the call reads the store");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _store.Release();
        await call;

        sender.Retries.ShouldBe(1);
    }

    [Fact]
    public async Task Refusals_by_other_callees_do_not_prevent_the_wait_for_a_read_after_a_key_loss()
    {
        var sender = Create();
        await LoadKeysAsync(sender);
        for (var callee = 0; callee < 2; callee++) await CallAsync(sender, NameOf(callee));
        _ring.Store.Set(Secret.Generate().CopyBytes());

        var call = CallAsync(sender);
        await _time.AdvanceUntilAsync(() => call.IsCompleted, within: TimeSpan.FromSeconds(1), _time.Advance);
        await call;

        sender.Retries.ShouldBe(1);
    }

    /// <summary>Each callee causes a read, so the limit of two reads per second would delay the calls.</summary>
    [Fact]
    public async Task Further_calls_to_twenty_refusing_callees_wait_at_most_50_ms()
    {
        var sender = Create();
        await LoadKeysAsync(sender);
        await CallAllAsync(TimeSpan.FromSeconds(1));
        await PassAsync(TimeSpan.FromSeconds(6));

        await CallAllAsync(TimeSpan.FromMilliseconds(50));

        _requests.ShouldBe(2 * Callees);
        sender.Retries.ShouldBe(0);

        async Task CallAllAsync(TimeSpan longestWait)
        {
            for (var callee = 0; callee < Callees; callee++)
            {
                var call = CallAsync(sender, NameOf(callee));
                await _time.AdvanceUntilAsync(() => call.IsCompleted, longestWait, _time.Advance);
                (await call).ShouldBe(HttpStatusCode.Unauthorized);
            }
        }
    }

    [Fact]
    public async Task Calls_for_100_tenants_that_get_401_without_a_reason_share_one_read()
    {
        _challenge = null;
        var sender = Create(options => options.Tenants.Enabled = true);
        var reads = await LoadKeysAsync(sender);

        for (var tenant = 0; tenant < 100; tenant++)
        {
            var call = CallForTenantAsync(sender, $"tenant-{tenant}");
            await _time.AdvanceUntilAsync(() => call.IsCompleted, within: TimeSpan.FromMilliseconds(50), _time.Advance);
            (await call).ShouldBe(HttpStatusCode.Unauthorized);
        }

        _store.Reads.ShouldBe(reads + 1);
        sender.Retries.ShouldBe(0);
    }

    [Fact]
    public async Task All_concurrent_calls_get_401_when_their_tenant_is_deleted()
    {
        const int Calls = 10;
        var sender = Create(options => options.Tenants.Enabled = true);
        await LoadKeysAsync(sender);
        _status = HttpStatusCode.OK;
        (await CallForTenantAsync(sender, "acme")).ShouldBe(HttpStatusCode.OK);
        _status = HttpStatusCode.Unauthorized;
        _store.Hold();
        var deleted = default(TenantState).Delete(StoreTime.From(_time.GetUtcNow()));
        await _ring.Store.MergeAsync(new Dictionary<string, TenantState> { ["acme"] = deleted }, "test", default, Cancellation);

        var calls = Enumerable.Range(0, Calls).Select(_ => CallForTenantAsync(sender, "acme")).ToList();
        await Eventually.TrueAsync(() => _requests == 1 + Calls, "all calls are refused");
        _store.Release();

        (await Task.WhenAll(calls)).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refusal_while_Redis_is_unavailable_delays_only_the_first_call_by_more_than_50_ms()
    {
        var sender = Create();
        await sender.Ring.GetAsync(Cancellation);
        await WaitUntilIdleAsync();
        _store.IsUnavailable = true;

        var first = CallAsync(sender);
        await _time.AdvanceUntilAsync(() => first.IsCompleted, within: TimeSpan.FromSeconds(1), _time.Advance);

        for (var call = 1; call < 100; call++) (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);
        _requests.ShouldBe(100);

        // The check has expired, so another one begins.
        await PassAsync(TimeSpan.FromSeconds(6));
        var later = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallAsync(sender)));
        await _time.AdvanceUntilAsync(() => later.IsCompleted, within: TimeSpan.FromMilliseconds(50), _time.Advance);
        (await later).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync();
    }

    /// <summary>Loads the keys, waits for the read after the subscription, and returns the number of reads of the store so far.</summary>
    private async Task<int> LoadKeysAsync(Sender sender)
    {
        await sender.Ring.GetAsync(Cancellation);
        await WaitUntilIdleAsync();
        // The first request may cause a second read, after which a check would wait for ever.
        _time.Advance(TimeSpan.FromSeconds(1));
        return _store.Reads;
    }

    private Task WaitUntilIdleAsync() => Eventually.TrueAsync(() => _time.SleepingLoops > 0, "the provider waits for its next read");

    private static async Task<HttpStatusCode> CallAsync(Sender sender, string client = Sender.Client) => await sender.Http(client).CallAsync("/a").StatusAsync();

    /// <summary>Advances the clock from timer to timer, so that the provider does not regard the passed time as a pause of the process.</summary>
    private async Task PassAsync(TimeSpan duration)
    {
        var end = _time.GetUtcNow() + duration;
        await _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= end, within: TimeSpan.FromSeconds(5), _time.Advance);
        await WaitUntilIdleAsync();
    }

    private static async Task<HttpStatusCode> CallForTenantAsync(Sender sender, string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a").SetRewtTenant(tenant);
        return await sender.Http().SendAsync(request, Cancellation).StatusAsync();
    }

    private static string NameOf(int callee) => $"callee-{callee}";

    private Sender Create(Action<RewtOptions>? settings = null) => _sender = Sender.Create(
        services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new SingleRingStoreFactory(_store)));
            Register(services);
        },
        _ring,
        settings);

    private void Register(IServiceCollection services)
    {
        foreach (var name in Enumerable.Range(0, Callees).Select(NameOf).Append(Sender.Client)) Register(services, name);
    }

    private void Register(IServiceCollection services, string name) => services
        .AddHttpClient(name, client => client.BaseAddress = new Uri($"https://{name}.example"))
        .AddRewtSigning(name)
        .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ =>
        {
            Interlocked.Increment(ref _requests);
            var response = new HttpResponseMessage(_status);
            response.Headers.TryAddWithoutValidation("Retry-After", "soon, -1");
            if (_challenge is not null) response.Headers.TryAddWithoutValidation("WWW-Authenticate", _challenge);
            return response;
        }));
}
