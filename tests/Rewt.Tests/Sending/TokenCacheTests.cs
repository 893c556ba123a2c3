namespace Rewt.Tests.Sending;

public sealed class TokenCacheTests
{
    [Fact]
    public async Task Other_claims_make_another_token()
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
    public async Task A_token_goes_when_its_key_is_not_current_any_more()
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
    public async Task A_token_in_use_is_renewed_ahead_of_its_expiry_while_no_call_waits()
    {
        var time = new FakeTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = WithClock(time, callee.Address);
        await CallAsync();

        time.Advance(TimeSpan.FromSeconds(29));
        await CallAsync();
        time.Advance(TimeSpan.FromSeconds(14));
        await CallAsync();

        // At 29 s nothing is due; at 43 s the old token still goes out, and behind its back the next one is made.
        callee.Requests[1].Token.ShouldBe(callee.Requests[0].Token);
        callee.Requests[2].Token.ShouldBe(callee.Requests[0].Token);
        await Eventually.TrueAsync(
            async () =>
            {
                await CallAsync();
                return callee.Requests[^1].Token != callee.Requests[0].Token;
            },
            "the next token is there, with the clock standing still");
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
    public async Task A_token_that_was_not_renewed_is_dropped_before_it_expires()
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
    public async Task A_crowd_that_wants_one_token_signs_once()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        await sender.Ring.GetAsync(Cancellation);
        var tokens = Tokens(sender);
        for (var round = 0; round < 50; round++)
        {
            var claims = new Dictionary<string, object> { ["round"] = round };
            using var start = new ManualResetEventSlim();
            var crowd = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                start.Wait(Cancellation);
                return await tokens.GetAsync("inventory", claims, fresh: false, Cancellation);
            })).ToList();
            start.Set();

            (await Task.WhenAll(crowd)).Distinct().Count().ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_cached_token_allocates_no_memory()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        var tokens = Tokens(sender);
        for (var i = 0; i < 100; i++) await tokens.GetAsync("inventory", null, fresh: false, CancellationToken.None);

        // Only what this thread allocates counts, and the least of a few tries: the runtime may be at work on it as well.
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) tokens.Get("inventory", null);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        least.ShouldBe(0);
    }

    [Fact]
    public async Task A_token_from_the_future_is_not_used_after_the_clock_is_set_back()
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
    public async Task Long_claims_are_not_kept(int length, int tokens)
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
    public async Task At_most_1024_tokens_are_kept_and_one_in_use_outlives_any_number_that_are_used_once()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        var tokens = Tokens(sender);
        var inUse = await TokenAsync(-1);
        var once = new Dictionary<int, string>();
        for (var user = 0; user < 4096; user++)
        {
            once[user] = await TokenAsync(user);
            if (user % 64 == 0) (await TokenAsync(-1)).ShouldBe(inUse);
        }

        var kept = 0;
        foreach (var (user, token) in once)
        {
            if (await TokenAsync(user) == token) kept++;
        }

        kept.ShouldBeInRange(1, 1023);
        (await TokenAsync(-1)).ShouldBe(inUse);

        async Task<string> TokenAsync(int user) => (await tokens.GetAsync(
            "inventory", new Dictionary<string, object> { ["userId"] = user }, fresh: false, Cancellation)).Header.Parameter!;
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
