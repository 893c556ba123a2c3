namespace Rewt.Tests.Samples;

public sealed class GrpcSampleTests
{
    [Fact]
    public async Task A_gRPC_call_carries_caller_and_user_and_requires_a_token()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var greeter = await SampleService.StartAsync("Grpc", redis);
        await using var orders = await SampleService.StartWithArgumentsAsync("Grpc", ["orders"], redis, "--Services:greeter", greeter.Address);

        (await GetAsync(orders, "/greet?user=u-42")).ShouldBe("""{"text":"good morning to you","caller":"orders","userId":"u-42"}""");
        (await GetAsync(orders, "/greet")).ShouldBe("""{"text":"good morning to you","caller":"orders","userId":""}""");
        (await GetAsync(orders, "/greet/3")).ShouldBe("""["orders","orders","orders"]""");

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(greeter.Client.BaseAddress!, "/rewt.samples.Greeter/Greet"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc") } },
        };

        (await greeter.Client.SendAsync(request, Cancellation).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Task<string> GetAsync(SampleService service, string path) =>
        service.Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);
}
