using Microsoft.Extensions.DependencyInjection;
using Rewt.Internal;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Sending;

public sealed class TokenCacheTests
{
    [Fact]
    public async Task One_token_serves_many_calls()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);

        for (var call = 0; call < 3; call++) (await sender.Http().CallAsync("/a", new() { ["userId"] = "u-1" })).Dispose();

        callee.Requests.Count.ShouldBe(3);
        callee.Tokens.Distinct().Count().ShouldBe(1);
    }

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
    public async Task Another_audience_makes_another_token()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(services =>
        {
            Add("inventory");
            Add("payments");

            void Add(string audience) => services
                .AddHttpClient(audience, client => client.BaseAddress = callee.Address).AddRewtSigning(audience);
        });

        (await sender.Http("inventory").CallAsync("/a", null)).Dispose();
        (await sender.Http("payments").CallAsync("/a", null)).Dispose();

        callee.Requests.Select(request => request.Jwt.Audiences.Single()).ShouldBe(["inventory", "payments"]);
    }

    [Fact]
    public async Task A_token_goes_when_its_key_is_not_current_any_more()
    {
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.For(callee.Address);
        (await sender.Http().CallAsync("/a", null)).Dispose();

        var ring = await sender.Ring.RotateAsync(TestContext.Current.CancellationToken);
        (await sender.Http().CallAsync("/a", null)).Dispose();

        callee.Requests[0].Jwt.Kid.ShouldNotBe(ring.Current!.KeyId);
        callee.Requests[1].Jwt.Kid.ShouldBe(ring.Current.KeyId);
    }

    [Fact]
    public async Task A_token_goes_before_it_expires()
    {
        var time = new ManualTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning();
            },
            new SharedMemoryRing(time));
        await CallAsync();

        time.Advance(TimeSpan.FromSeconds(44));
        await CallAsync();
        time.Advance(TimeSpan.FromSeconds(2));
        await CallAsync();

        callee.Requests[1].Token.ShouldBe(callee.Requests[0].Token);
        callee.Requests[2].Token.ShouldNotBe(callee.Requests[0].Token);

        async Task CallAsync() => (await sender.Http().CallAsync("/a", null)).Dispose();
    }

    [Fact]
    public async Task A_token_from_the_future_is_not_used_after_the_clock_is_set_back()
    {
        var time = new ManualTimeProvider();
        await using var callee = await Callee.StartAsync();
        await using var sender = Sender.Create(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                services.AddHttpClient("inventory", client => client.BaseAddress = callee.Address).AddRewtSigning();
            },
            new SharedMemoryRing(time));
        (await sender.Http().CallAsync("/a", null)).Dispose();

        time.AdjustWallClock(TimeSpan.FromMinutes(-5));
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
    public async Task At_most_1024_tokens_are_kept_and_the_least_recently_used_goes()
    {
        await using var sender = Sender.For(new Uri("https://inventory.example"));
        var tokens = new BearerTokens(
            sender.Services.GetRequiredKeyedService<TokenSigners>(string.Empty),
            TimeProvider.System);
        var first = await TokenAsync(0);
        var second = await TokenAsync(1);
        for (var user = 2; user < 1024; user++) await TokenAsync(user);

        (await TokenAsync(0)).ShouldBe(first);
        await TokenAsync(1024);

        (await TokenAsync(0)).ShouldBe(first);
        (await TokenAsync(1)).ShouldNotBe(second);

        async Task<string> TokenAsync(int user) => (await tokens.GetAsync(
            null, "inventory", new Dictionary<string, object> { ["userId"] = user }, fresh: false, TestContext.Current.CancellationToken)).Header.Parameter!;
    }
}
