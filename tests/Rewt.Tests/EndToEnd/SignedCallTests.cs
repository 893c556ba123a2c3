namespace Rewt.Tests.EndToEnd;

public sealed class SignedCallTests
{
    [Fact]
    public async Task A_signed_call_is_accepted_and_an_unsigned_call_is_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await TestService.StartAsync(redis.ConnectionString);
        await using var orders = await TestService.StartAsync(redis.ConnectionString, "orders", configure: builder =>
            builder.Services.AddHttpClient("inventory", client => client.BaseAddress = inventory.Address).AddRewtSigning("inventory"));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/secure");
        request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = "u-42" });
        using var signed = await orders.Client("inventory").SendAsync(request, Cancellation);
        signed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var claims = await signed.Content.ReadAsStringAsync(Cancellation);
        claims.ShouldContain("iss=orders");
        claims.ShouldContain("userId=u-42");

        using var unsigned = await inventory.GetAsync("/secure");
        unsigned.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unsigned.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }
}
