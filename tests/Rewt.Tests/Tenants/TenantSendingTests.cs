namespace Rewt.Tests.Tenants;

/// <summary>Tests for which tenant an HTTP client signs its requests.</summary>
public sealed class TenantSendingTests : WithServices
{
    private RedisServer _redis = null!;
    private TestService _inventory = null!;
    private TestService _orders = null!;

    public override async ValueTask InitializeAsync()
    {
        _redis = await DisposeAfterTestAsync(RedisServer.StartAsync());
        _inventory = await DisposeAfterTestAsync(TenantService.StartAsync(_redis));
        _orders = await DisposeAfterTestAsync(TenantService.StartAsync(_redis, configure: Clients, name: "orders", map: Forward));
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
    public async Task Concurrent_requests_of_a_hundred_tenants_each_get_the_token_of_their_tenant()
    {
        // The calls are made in batches, because on a slow machine, too many parallel calls would exceed the time limit of a Redis command.
        var statuses = new List<HttpStatusCode>();
        foreach (var batch in Enumerable.Range(0, 400).Chunk(50)) statuses.AddRange(await Task.WhenAll(batch.Select(call => CallAsync("plain", $"t{call % 100}", $"t{call % 100}"))));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        _inventory.Calls.ShouldBe(400);
    }

    [Fact]
    public async Task A_tenant_selector_can_take_the_tenant_from_the_incoming_request()
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
        await Should.ThrowAsync<InvalidOperationException>(() => CallAsync("selecting", null, "acme"), "there is no incoming request");
        _inventory.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task An_invalid_tenant_name_is_an_immediate_error()
    {
        using var request = new HttpRequestMessage();

        foreach (var name in new[] { "", "a b", "a:b", "{a}", "*", new string('x', 129), "ü" })
        {
            Should.Throw<ArgumentException>(() => request.SetRewtTenant(name)).Message.ShouldContain("1 to 128 letters");
        }

        await Should.ThrowAsync<ArgumentException>(() => _orders.Tenants.CreateTenantAsync("a:b", Cancellation));
    }

    [Fact]
    public async Task A_caller_cannot_set_the_tenant_claim()
    {
        var claims = new Dictionary<string, object> { ["tenant"] = "globex" };

        var error = await Should.ThrowAsync<ArgumentException>(
            () => _orders.Tenants.Tokens("acme").CreateBearerAsync("inventory", claims, Cancellation));

        error.Message.ShouldContain("tenant");
    }

    [Fact]
    public async Task A_call_after_the_revocation_of_its_tenant_succeeds_by_a_retry()
    {
        (await CallAsync("plain", "acme", "acme")).ShouldBe(HttpStatusCode.OK);

        for (var round = 0; round < 5; round++)
        {
            await _inventory.Tenants.RevokeTenantAsync("acme", Cancellation);
            (await CallAsync("plain", "acme", "acme")).ShouldBe(HttpStatusCode.OK, "the retry signs with the new key");
        }
    }

    [Fact]
    public async Task A_revocation_of_a_tenant_fails_no_concurrent_call()
    {
        for (var round = 0; round < 3; round++)
        {
            var isRevoked = 0;
            var callers = Enumerable.Range(0, 16).Select(_ => CallUntilAsync(() => Volatile.Read(ref isRevoked) == 1)).ToList();
            await _inventory.Tenants.RevokeTenantAsync("acme", Cancellation);
            Volatile.Write(ref isRevoked, 1);

            (await Task.WhenAll(callers)).ShouldAllBe(status => status == HttpStatusCode.OK);
        }

        // Each caller makes at least one call that begins after the revocation. A call is not under way during two revocations, so that one retry is enough.
        async Task<HttpStatusCode> CallUntilAsync(Func<bool> isRevoked)
        {
            while (true)
            {
                var isLast = isRevoked();
                var status = await CallAsync("plain", "acme", "acme");
                if (isLast || status != HttpStatusCode.OK) return status;
            }
        }
    }

    [Fact]
    public async Task Signing_for_a_tenant_is_an_error_if_tenants_are_disabled()
    {
        await using var single = await TestService.StartAsync(_redis.ConnectionString, settings: options => options.Namespace = "single", configure: Clients);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/acme/orders").SetRewtTenant("acme");
        using var http = single.Client("plain");

        (await Should.ThrowAsync<InvalidOperationException>(() => http.SendAsync(request, Cancellation))).Message.ShouldContain("Rewt:Tenants");
        Should.Throw<InvalidOperationException>(single.Services.GetRequiredService<IRewtTenants>).Message.ShouldContain("set Rewt:Tenants:Enabled to true");
    }

    [Fact]
    public async Task A_service_with_tenants_signs_nothing_without_a_tenant_but_verifies_every_tenant()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _orders.Services.GetRequiredService<IRewtSignedData>().SignTextAsync("text", Cancellation));

        var token = await _orders.SignAsync("acme", "orders");
        var read = await _orders.Services.GetRequiredService<IRewtTokens>().VerifyBearerAsync(token, Cancellation);
        read.IsValid.ShouldBeTrue("the token names its tenant");
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
