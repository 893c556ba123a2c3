namespace Rewt.Tests.Samples;

public sealed class YarpSampleTests
{
    [Fact]
    public async Task A_call_that_the_gateway_passes_on_carries_the_token_of_the_gateway_and_never_that_of_the_caller()
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
        (await GetAsync(gateway, service)).ShouldBe((HttpStatusCode.OK, """{"item":"teapot","caller":"gateway","userId":null}"""), "good at shipping itself, and not passed on");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_gateway_that_is_refused_or_has_no_key_does_not_blame_the_caller()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var shipping = await SampleService.StartAsync("Shipping", redis, "--Rewt:Namespace", "elsewhere");
        await using var gateway = await SampleService.StartAsync("Yarp", redis, Destination(shipping.Address));
        await using var cutOff = await SampleService.StartAsync("Yarp", redis, [.. Destination(shipping.Address), "--Rewt:Redis", "127.0.0.1:1"]);

        (await GetAsync(gateway, null)).ShouldBe((HttpStatusCode.BadGateway, string.Empty));
        using var outage = await cutOff.Client.GetAsync(new Uri("/shipments/teapot", UriKind.Relative), Cancellation);

        outage.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        outage.Headers.RetryAfter.ShouldNotBeNull();
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
