namespace Rewt.Tests.EndToEnd;

public sealed class MainJobTests
{
    [Fact]
    public async Task A_signed_call_is_accepted_and_an_unsigned_one_is_not()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await TestService.StartAsync(redis.ConnectionString);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", configure: builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address).AddRewtSigning("inventory"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/secure");
        request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = "u-42" });
        using var signed = await orders.Client("inventory").SendAsync(request, TestContext.Current.CancellationToken);
        signed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var claims = await signed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        claims.ShouldContain("iss=orders");
        claims.ShouldContain("userId=u-42");

        using var stranger = new HttpClient { BaseAddress = inventory.Address };
        using var unsigned = await stranger.GetAsync(new Uri("/secure", UriKind.Relative), TestContext.Current.CancellationToken);
        unsigned.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unsigned.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_deleted_secret_revokes_its_tokens_and_the_retry_carries_the_calls()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await TestService.StartAsync(redis.ConnectionString, settings: Fast);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", Fast, builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address).AddRewtSigning("inventory"));
        var client = orders.Client("inventory");
        (await client.GetStringAsync(new Uri("/secure", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("iss=orders");
        var before = (await inventory.Ring.GetAsync(TestContext.Current.CancellationToken)).Current!.KeyId;
        var old = await orders.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken);

        await redis.DelAsync("rewt:rewt-secret");
        await Eventually.TrueAsync(
            async () => !(await inventory.Tokens.VerifyBearerAsync(old, TestContext.Current.CancellationToken)).IsValid,
            "the old token is refused");

        (await client.GetStringAsync(new Uri("/secure", UriKind.Relative), TestContext.Current.CancellationToken)).ShouldContain("iss=orders");
        var ring = await inventory.Ring.GetAsync(TestContext.Current.CancellationToken);
        ring.Current!.KeyId.ShouldNotBe(before);
        ring.Keys.ShouldContain(key => key.KeyId == before && key.State == RewtKeyState.Revoked);
    }

    private static void Fast(RewtOptions options) => options.RefreshInterval = TimeSpan.FromMilliseconds(500);
}
