namespace Rewt.Tests.Samples;

public sealed class YarpSampleTests
{
    [Fact]
    public async Task The_gateway_replaces_the_token_of_the_caller_with_its_own()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var shipping = await SampleService.StartAsync("Shipping", redis);
        await using var gateway = await SampleService.StartAsync("Yarp", redis, Destination(shipping.Address));
        await using var services = new ServiceCollection()
            .AddRewtKeys(options => (options.ServiceName, options.Redis) = ("orders", redis.ConnectionString))
            .AddRewtKeys("Users", options => options.Namespace = "users")
            .BuildServiceProvider();
        var service = await services.GetRequiredService<IRewtTokens>().CreateBearerAsync("shipping", new Dictionary<string, object> { ["userId"] = "u-1" }, Cancellation);
        var user = await services.GetRequiredKeyedService<IRewtTokens>("Users").CreateBearerAsync("gateway", new Dictionary<string, object> { ["userId"] = "u-42" }, Cancellation);

        (await GetAsync(gateway, null)).ShouldBe((HttpStatusCode.OK, """{"item":"teapot","caller":"gateway","userId":null}"""));
        (await GetAsync(gateway, user)).ShouldBe((HttpStatusCode.OK, """{"item":"teapot","caller":"gateway","userId":"u-42"}"""));
        (await GetAsync(gateway, service)).ShouldBe((HttpStatusCode.OK, """{"item":"teapot","caller":"gateway","userId":null}"""), "the gateway does not forward the token");
    }

    [Fact]
    public async Task The_gateway_does_not_forward_the_API_key_of_the_caller()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var callee = await Callee.StartAsync();
        await using var gateway = await SampleService.StartAsync("Yarp", redis, Destination(callee.Address.AbsoluteUri));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/shipments/teapot") { Headers = { { "X-Api-Key", "rewt_acme_x" }, { "X-Other", "y" } } };

        using var response = await gateway.Client.SendAsync(request, Cancellation);

        callee.Requests.Single().Head.ShouldContain("X-Other: y");
        callee.Requests.Single().Head.ShouldNotContain("X-Api-Key");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_gateway_without_an_accepted_token_responds_with_502_or_503()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var shipping = await SampleService.StartAsync("Shipping", redis, "--Rewt:Namespace", "elsewhere");
        await using var gateway = await SampleService.StartAsync("Yarp", redis, Destination(shipping.Address));
        await using var withoutRedis = await SampleService.StartAsync("Yarp", redis, [.. Destination(shipping.Address), "--Rewt:Redis", "127.0.0.1:1"]);

        (HttpStatusCode Status, string Body) answer = default;
        await Eventually.TrueAsync(async () => (answer = await GetAsync(gateway, null)).Status != HttpStatusCode.ServiceUnavailable, "both services have keys");
        answer.ShouldBe((HttpStatusCode.BadGateway, string.Empty));
        using var unavailable = await withoutRedis.Client.GetAsync(new Uri("/shipments/teapot", UriKind.Relative), Cancellation);

        unavailable.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        unavailable.Headers.RetryAfter.ShouldNotBeNull();
    }

    private static string[] Destination(string address) => ["--ReverseProxy:Clusters:shipping:Destinations:first:Address", address];

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(SampleService gateway, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/shipments/teapot");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
