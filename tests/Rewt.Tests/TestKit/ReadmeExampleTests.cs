using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.TestKit;

/// <summary>Contains the test that the README of the kit and the beginning of docs/testing.md show.</summary>
public sealed class ReadmeExampleTests
{
    // snippet: whole-test
    [Fact]
    public async Task Only_services_may_ask_for_shipments()
    {
        await using var app = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
            host.ConfigureTestServices(services => services.AddRewtTesting()));
        var orders = app.CreateClient().WithRewtIdentity("orders");
        var stranger = app.CreateClient();

        var answer = await orders.GetAsync("/shipments/teapot");
        var refusal = await stranger.GetAsync("/shipments/teapot");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refusal.StatusCode);
    }
    // end of snippet
}
