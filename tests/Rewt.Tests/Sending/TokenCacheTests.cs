namespace Rewt.Tests.Sending;

public sealed class TokenCacheTests
{
    [Fact]
    public async Task A_cached_token_is_reused_only_for_the_same_claims()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);

        (await sender.Http().CallAsync("/a", new() { ["userId"] = "u-1" })).Dispose();
        (await sender.Http().CallAsync("/a", new() { ["userId"] = "u-2" })).Dispose();
        (await sender.Http().CallAsync("/a", null)).Dispose();
        (await sender.Http().CallAsync("/a", new() { ["userId"] = "u-1" })).Dispose();

        callee.Tokens.Distinct().Count().ShouldBe(3);
        callee.Requests[3].Token.ShouldBe(callee.Requests[0].Token);
    }

    [Fact]
    public async Task A_cached_token_is_replaced_after_a_key_rotation()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        (await sender.Http().CallAsync("/a", null)).Dispose();

        var ring = await sender.Ring.RotateAsync(Cancellation);
        (await sender.Http().CallAsync("/a", null)).Dispose();

        callee.Requests[0].Jwt.Kid.ShouldNotBe(ring.Current!.KeyId);
        callee.Requests[1].Jwt.Kid.ShouldBe(ring.Current.KeyId);
    }

    [Fact]
    public async Task A_token_in_use_is_renewed_in_the_background_before_it_expires()
    {
        var time = new FakeTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = WithClock(time, callee.Address);
        await CallAsync();

        time.Advance(TimeSpan.FromSeconds(29));
        await CallAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        await CallAsync();

        // At 29 s no renewal is due. At 43 s the old token is still sent while the next one is created in the background.
        callee.Requests[1].Token.ShouldBe(callee.Requests[0].Token);
        callee.Requests[2].Token.ShouldBe(callee.Requests[0].Token);
        await Eventually.TrueAsync(
            async () =>
            {
                await CallAsync();
                return callee.Requests[^1].Token != callee.Requests[0].Token;
            },
            "the next token is used without the clock being advanced");
        Claims(callee.Requests[^1]).ShouldBe(Claims(callee.Requests[0]));

        static IEnumerable<string> Claims(ReceivedRequest request) => request.Jwt.Claims
            .Where(claim => claim.Type is not ("iat" or "exp" or "jti")).Select(claim => $"{claim.Type} {claim.Value} {claim.ValueType}");

        async Task CallAsync() => (await sender.Http().CallAsync("/a", new()
        {
            ["userId"] = "u-\u00e9\"<",
            ["admin"] = true,
            ["level"] = 7,
            ["share"] = 0.25m,
            ["teams"] = new List<string> { "a", "b" },
            ["of"] = new Dictionary<string, object> { ["depth"] = 2 },
        })).Dispose();
    }

    [Fact]
    public async Task An_unrenewed_token_is_discarded_before_it_expires()
    {
        var time = new FakeTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = WithClock(time, callee.Address);
        await CallAsync();

        time.Advance(TimeSpan.FromSeconds(46));
        await CallAsync();

        callee.Requests[1].Token.ShouldNotBe(callee.Requests[0].Token);

        async Task CallAsync() => (await sender.Http().CallAsync("/a", null)).Dispose();
    }

    [Fact]
    public async Task Concurrent_requests_for_the_same_token_sign_once()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        await sender.Ring.GetAsync(Cancellation);
        var tokens = Tokens(sender);
        for (var round = 0; round < 50; round++)
        {
            var claims = new Dictionary<string, object> { ["round"] = round };
            using var start = new ManualResetEventSlim();
            var callers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                start.Wait(Cancellation);
                return await tokens.GetAsync(null, "inventory", claims, null, fresh: false, Cancellation);
            })).ToList();
            start.Set();

            (await Task.WhenAll(callers)).Distinct().Count().ShouldBe(1);
        }
    }

    [Fact]
    public async Task Reading_a_cached_token_allocates_no_memory()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        var tokens = Tokens(sender);
        for (var i = 0; i < 100; i++) await tokens.GetAsync(null, "inventory", null, null, fresh: false, CancellationToken.None);

        // The minimum of several attempts counts, because the runtime may allocate on this thread as well.
        var minimum = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) tokens.Get(null, "inventory", null, null, fresh: false, CancellationToken.None);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        minimum.ShouldBe(0);
    }

    [Fact]
    public async Task A_cached_token_is_not_used_after_the_clock_is_set_back()
    {
        var time = new FakeTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = WithClock(time, callee.Address);
        (await sender.Http().CallAsync("/a", null)).Dispose();

        time.AdjustTime(time.GetUtcNow() - TimeSpan.FromMinutes(5));
        (await sender.Http().CallAsync("/a", null)).Dispose();

        callee.Requests[1].Jwt.IssuedAt.ShouldBeLessThanOrEqualTo(time.GetUtcNow().UtcDateTime);
    }

    [Theory]
    [InlineData(400, 1)]
    [InlineData(600, 2)]
    public async Task Tokens_with_long_claims_are_not_cached(int length, int tokens)
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        var claims = new Dictionary<string, object> { ["note"] = new string('x', length) };

        (await sender.Http().CallAsync("/a", claims)).Dispose();
        (await sender.Http().CallAsync("/a", claims)).Dispose();

        callee.Tokens.Distinct().Count().ShouldBe(tokens);
        callee.Requests.ShouldAllBe(request => request.Jwt.GetClaim("note").Value.Length == length);
    }

    [Fact]
    public async Task The_cache_holds_at_most_1024_tokens_and_keeps_those_in_use()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        var tokens = Tokens(sender);
        var inUse = await TokenAsync(-1);
        var usedOnce = new Dictionary<int, string>();
        for (var user = 0; user < 4096; user++)
        {
            usedOnce[user] = await TokenAsync(user);
            if (user % 64 == 0) (await TokenAsync(-1)).ShouldBe(inUse);
        }

        var kept = 0;
        foreach (var (user, token) in usedOnce)
        {
            if (await TokenAsync(user) == token) kept++;
        }

        kept.ShouldBeInRange(1, 1023);
        (await TokenAsync(-1)).ShouldBe(inUse);

        async Task<string> TokenAsync(int user) => (await tokens.GetAsync(
            null, "inventory", new Dictionary<string, object> { ["userId"] = user }, null, fresh: false, Cancellation)).Header.Parameter!;
    }

    private static BearerTokenCache Tokens(Sender sender) => sender.Services.GetRequiredKeyedService<BearerTokenCache>(string.Empty);

    private static Sender WithClock(TimeProvider time, Uri callee) => Sender.Create(
        services =>
        {
            services.AddSingleton(time);
            services.AddHttpClient("inventory", client => client.BaseAddress = callee).AddRewtSigning();
        },
        new SharedMemoryRing(time));
}
