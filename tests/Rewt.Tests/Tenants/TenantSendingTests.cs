namespace Rewt.Tests.Tenants;

/// <summary>Who signs for which tenant, over an HTTP client.</summary>
public sealed class TenantSendingTests : WithServices
{
    private RedisServer _redis = null!;
    private TestService _inventory = null!;
    private TestService _orders = null!;

    public override async ValueTask InitializeAsync()
    {
        _redis = await EndingAsync(RedisServer.StartAsync());
        _inventory = await EndingAsync(TenantService.StartAsync(_redis));
        _orders = await EndingAsync(TenantService.StartAsync(_redis, configure: Clients, name: "orders", map: Forward));
    }

    [Fact]
    public async Task A_request_is_signed_for_the_tenant_that_it_names()
    {
        (await CallAsync("plain", "acme", "acme")).ShouldBe(HttpStatusCode.OK);
        (await CallAsync("plain", "globex", "globex")).ShouldBe(HttpStatusCode.OK);
        (await CallAsync("plain", "acme", "globex")).ShouldBe(HttpStatusCode.Unauthorized);
        _inventory.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_hundred_tenants_called_at_once_each_get_their_own_token()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 400).Select(call => CallAsync("plain", $"t{call % 100}", $"t{call % 100}")));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        _inventory.Calls.ShouldBe(400);
    }

    [Fact]
    public async Task The_tenant_may_come_from_the_call_that_is_being_answered()
    {
        var token = await _orders.SignAsync("acme", "orders");

        (await _orders.CallAsync(token, "/acme/forward").TextAsync()).ShouldBe("acme");
        _inventory.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_without_a_tenant_is_not_sent()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => CallAsync("plain", null, "acme"));

        error.Message.ShouldContain("SetRewtTenant");
        await Should.ThrowAsync<InvalidOperationException>(() => CallAsync("selecting", null, "acme"), "there is no call to be answered");
        _inventory.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_that_is_no_tenants_name_is_told_at_once()
    {
        using var request = new HttpRequestMessage();

        foreach (var name in new[] { "", "a b", "a:b", "{a}", "*", new string('x', 129), "ü" })
        {
            Should.Throw<ArgumentException>(() => request.SetRewtTenant(name)).Message.ShouldContain("1 to 128 letters");
        }

        await Should.ThrowAsync<ArgumentException>(() => _orders.Tenants.CreateTenantAsync("a:b", Cancellation));
    }

    [Fact]
    public async Task The_claim_tenant_is_not_the_callers_to_set()
    {
        var claims = new Dictionary<string, object> { ["tenant"] = "globex" };

        var error = await Should.ThrowAsync<ArgumentException>(
            () => _orders.Tenants.Tokens("acme").CreateBearerAsync("inventory", claims, Cancellation));

        error.Message.ShouldContain("tenant");
    }

    [Fact]
    public async Task A_tenant_that_is_revoked_while_calls_are_under_way_costs_none()
    {
        (await CallAsync("plain", "acme", "acme")).ShouldBe(HttpStatusCode.OK);

        for (var round = 0; round < 5; round++)
        {
            await _inventory.Tenants.RevokeTenantAsync("acme", Cancellation);
            (await CallAsync("plain", "acme", "acme")).ShouldBe(HttpStatusCode.OK, "the retry signs with the fresh key");
        }
    }

    [Fact]
    public async Task Signing_for_a_tenant_where_there_are_none_is_an_error()
    {
        await using var single = await TestService.StartAsync(_redis.ConnectionString, settings: options => options.Namespace = "single", configure: Clients);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/acme/orders").SetRewtTenant("acme");
        using var http = single.Client("plain");

        (await Should.ThrowAsync<InvalidOperationException>(() => http.SendAsync(request, Cancellation))).Message.ShouldContain("Rewt:Tenants");
        Should.Throw<InvalidOperationException>(single.Services.GetRequiredService<IRewtTenants>).Message.ShouldContain("set Rewt:Tenants:Enabled to true");
    }

    [Fact]
    public async Task Without_a_tenant_nothing_is_signed_and_every_tenant_verifies_until_the_secret_is_revoked()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _orders.Services.GetRequiredService<IRewtSignedData>().SignTextAsync("text", Cancellation));

        var token = await _orders.SignAsync("acme", "orders");
        var read = await _orders.Services.GetRequiredService<IRewtTokens>().VerifyBearerAsync(token, Cancellation);
        read.IsValid.ShouldBeTrue("the token says whose it is");
        read.Identity!.FindFirst("tenant")!.Value.ShouldBe("acme");

        var ring = _orders.Services.GetRequiredService<IRewtKeyRing>();
        await ring.RevokeAsync((await ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);
        (await _orders.Services.GetRequiredService<IRewtTokens>().VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBeFalse();
    }

    private void Clients(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddHttpClient("plain", client => client.BaseAddress = _inventory.Address).AddRewtSigning("inventory");
        services.AddHttpClient("selecting", client => client.BaseAddress = _inventory.Address).AddRewtSigning("inventory")
            .AddRewtTenantSelector(context => context.User.FindFirst("tenant")?.Value);
    }

    private static void Forward(WebApplication app) => app.MapGet(
        "/{tenant}/forward",
        async (string tenant, IHttpClientFactory clients) =>
        {
            using var http = clients.CreateClient("selecting");
            return (await http.GetStringAsync(new Uri($"/{tenant}/orders", UriKind.Relative), Cancellation)).Trim('"', ' ');
        }).RequireAuthorization();

    private async Task<HttpStatusCode> CallAsync(string client, string? tenant, string url)
    {
        using var http = _orders.Client(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{url}/orders");
        if (tenant is not null) request.SetRewtTenant(tenant);
        using var response = await http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
