namespace Rewt.Tests.Samples;

/// <summary>The dashboard of the demo, which has no login.</summary>
public sealed class DashboardSampleTests
{
    [Fact]
    public async Task The_dashboard_accepts_only_local_requests_and_only_if_it_is_enabled()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var withoutDashboard = await SampleService.StartAsync("Inventory", redis);
        await using var inventory = await SampleService.StartAsync("Inventory", redis, "--Dashboard:OnThisMachine", "true");

        (await StatusAsync(withoutDashboard, null)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(inventory, null)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(inventory, "localhost")).ShouldBe(HttpStatusCode.OK);
        // A foreign host name that resolves to this machine.
        (await StatusAsync(inventory, "evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(inventory, "127.0.0.1.evil.example")).ShouldBe(HttpStatusCode.Unauthorized);
        // A proxy on this machine may forward requests from other machines.
        foreach (var header in new[] { "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via" }) (await StatusAsync(inventory, null, header)).ShouldBe(HttpStatusCode.Unauthorized, header);
    }

    private static async Task<HttpStatusCode> StatusAsync(SampleService service, string? host, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/rewt/snapshot");
        request.Headers.Host = host;
        if (header is not null) request.Headers.TryAddWithoutValidation(header, header == "Via" ? "1.1 proxy" : "192.0.2.1");
        using var response = await service.Client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
