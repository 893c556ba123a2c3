namespace Rewt.Tests.Sending;

public sealed class ForwardedClaimsTests
{
    [Fact]
    public async Task The_user_s_claims_go_along_and_no_other_call_gets_them()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(user => AskAsync(orders, $"u-{user}")));
        await AskAsync(orders, null);

        var seen = callee.Requests.Select(request => (Path: request.Path[1..], request.Jwt)).ToList();
        seen.Count.ShouldBe(21);
        foreach (var (path, token) in seen)
        {
            (token.TryGetClaim("userId", out var claim) ? claim.Value : "none").ShouldBe(path);
            token.TryGetClaim("other", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Claims_of_the_request_go_before_those_of_the_user()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);

        await AskAsync(orders, "u-1", "?as=u-2");

        callee.Requests.Single().Jwt.GetClaim("userId").Value.ShouldBe("u-2");
    }

    [Fact]
    public async Task A_call_outside_a_request_has_no_user_and_the_log_says_so()
    {
        await using var callee = await Callee.StartAsync();
        await using var orders = await StartAsync(callee);
        await AskAsync(orders, "u-1");
        orders.Log.Text.ShouldNotContain("NoCallerToForward");

        (await orders.Client("inventory").CallAsync("/none")).Dispose();

        callee.Requests[1].Jwt.TryGetClaim("userId", out _).ShouldBeFalse();
        orders.Log.Text.ShouldContain("Debug NoCallerToForward: A call of the HTTP client inventory forwards no claims");
    }

    private static Task<TestService> StartAsync(Callee callee) => TestService.StartAsync(
        redis: null,
        "orders",
        configure: builder => builder.Services
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug))
            .AddHttpClient("inventory", client => client.BaseAddress = callee.Address)
            .AddRewtSigning(options => options.ForwardClaims.Add("userId")),
        map: application => application.MapGet("/forward", async (ClaimsPrincipal user, string? @as, IHttpClientFactory clients) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/" + (user.FindFirst("userId")?.Value ?? "none"));
            if (@as is not null) request.SetRewtClaims(new Dictionary<string, object> { ["userId"] = @as });
            using var response = await clients.CreateClient("inventory").SendAsync(request);
            return TypedResults.StatusCode((int)response.StatusCode);
        }).RequireAuthorization());

    private static async Task AskAsync(TestService orders, string? user, string query = "")
    {
        var claims = new Dictionary<string, object> { ["other"] = "not forwarded" };
        if (user is not null) claims["userId"] = user;
        var token = await orders.Tokens.CreateBearerAsync("orders", claims, Cancellation);
        (await orders.CallAsync(token, "/forward" + query).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }
}
