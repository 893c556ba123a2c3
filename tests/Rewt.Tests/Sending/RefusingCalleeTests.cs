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
        var rounds = _time.LoopRounds;
        await CallAsync(sender);
        await Eventually.TrueAsync(() => _time.LoopRounds > rounds, "the provider waits for its next read");
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
        // The rotation is due but cannot be written, so the pending key signs.
        _store.IsReadOnly = true;
        _time.Advance(SharedMemoryRing.Lifetime - TimeSpan.FromSeconds(1));
        await CallAsync(sender);
        sender.Retries.ShouldBe(1);
        var writes = _store.Writes;
        _store.IsReadOnly = false;
        await _time.AdvanceUntilAsync(() => _store.Writes > writes, within: TimeSpan.FromMinutes(1), _time.Advance);
        await Eventually.TrueAsync(() => _time.SleepingLoops > 0, "the provider waits for its next read");
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

    /// <summary>Each callee causes a read, so the limit of two reads per second would delay the calls.</summary>
    [Fact]
    public async Task Calls_to_twenty_refusing_callees_wait_at_most_50_ms_after_the_first_check()
    {
        var sender = Create();
        await LoadKeysAsync(sender);

        for (var callee = 0; callee < Callees; callee++)
        {
            var call = CallAsync(sender, NameOf(callee));
            await _time.AdvanceUntilAsync(() => call.IsCompleted, within: TimeSpan.FromMilliseconds(50), _time.Advance);
            (await call).ShouldBe(HttpStatusCode.Unauthorized);
        }

        _requests.ShouldBe(Callees);
        sender.Retries.ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_while_Redis_is_unavailable_delays_only_one_call()
    {
        var sender = Create();
        await sender.Ring.GetAsync(Cancellation);
        _store.IsUnavailable = true;

        var first = CallAsync(sender);
        await _time.AdvanceUntilAsync(() => first.IsCompleted, within: TimeSpan.FromSeconds(1), _time.Advance);

        for (var call = 1; call < 100; call++) (await CallAsync(sender)).ShouldBe(HttpStatusCode.Unauthorized);

        _requests.ShouldBe(100);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sender is not null) await _sender.DisposeAsync();
    }

    /// <summary>Loads the keys, waits for the read after the subscription, and returns the number of reads of the store so far.</summary>
    private async Task<int> LoadKeysAsync(Sender sender)
    {
        await sender.Ring.GetAsync(Cancellation);
        await Eventually.TrueAsync(() => _time.SleepingLoops > 0, "the provider waits for its next read");
        // The first request may cause a second read, after which a check would wait for ever.
        _time.Advance(TimeSpan.FromSeconds(1));
        return _store.Reads;
    }

    private static async Task<HttpStatusCode> CallAsync(Sender sender, string client = Sender.Client) => await sender.Http(client).CallAsync("/a").StatusAsync();

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
