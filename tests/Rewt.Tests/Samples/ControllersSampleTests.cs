using Rewt.Tests.Docs;

namespace Rewt.Tests.Samples;

public sealed class ControllersSampleTests
{
    [Fact]
    public async Task A_policy_on_an_action_names_the_services_that_may_call_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var inventory = await SampleService.StartAsync("Controllers", redis);
        await using var orders = await SampleService.StartAsync("Orders", redis, "--Services:inventory", inventory.Address);

        await orders.SucceedsAsync("/orders/u-42");

        await CurlExamples.RunAsync("samples/Controllers/README.md", orders.Client.BaseAddress!.Authority);

        (await StatusAsync(HttpMethod.Get, "warehouse")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "shipping")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Delete, "warehouse")).ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(HttpMethod.Delete, "orders")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, null)).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string? caller)
        {
            using var request = new HttpRequestMessage(method, "/stock/teapot");
            if (caller is not null) request.Headers.Authorization = new("Bearer", await ServiceToken.CreateAsync(redis, caller, "inventory"));
            return await inventory.Client.SendAsync(request, Cancellation).StatusAsync();
        }
    }
}
