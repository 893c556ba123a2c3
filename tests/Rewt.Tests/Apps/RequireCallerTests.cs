using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.Apps;

/// <summary>Verifies which callers an endpoint accepts, and that no caller is mistaken for another.</summary>
public sealed class RequireCallerTests : IAsyncLifetime
{
    private TestService _service = null!;
    private string _key = null!;
    private string _appToken = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await AppService.StartAsync(apiKeys: options => options.TokenRequestsPerMinute = 10_000);
        _key = (await _service.AddAcmeAsync(scopes: ["read", "write"])).Key;
        _appToken = await TokenRequests.TokenAsync(_service, "acme", _key);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("/counted", 200, 200)]
    [InlineData("/acme-only", 200, 403)]
    [InlineData("/orders-only", 403, 200)]
    [InlineData("/both", 200, 403)]
    [InlineData("/iss-orders", 403, 200)]
    [InlineData("/readers", 200, 403)]
    public async Task The_same_policy_applies_to_an_API_key_its_token_and_a_service(string path, int app, int service)
    {
        var bearer = await _service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        (await StatusAsync(path, "ApiKey " + _key)).ShouldBe(app);
        (await StatusAsync(path, "Bearer " + _appToken)).ShouldBe(app, "the token is signed by orders, but its caller is the app");
        (await StatusAsync(path, "Bearer " + bearer)).ShouldBe(service);
        (await StatusAsync(path, null)).ShouldBe(401);
    }

    [Fact]
    public async Task An_API_key_and_its_token_create_the_same_principal()
    {
        var byKey = await ClaimsAsync("ApiKey " + _key);
        var byToken = await ClaimsAsync("Bearer " + _appToken);

        byKey.ShouldBe(["aud=orders", "client_id=acme", "iss=app:acme", "scope=read", "scope=write", "sub=app:acme"]);
        byToken.Where(claim => claim[..3] is not ("iat" or "exp" or "jti")).ShouldBe(byKey);
        (await _service.Tokens.VerifyBearerAsync(_appToken, Cancellation)).Issuer.ShouldBe("app:acme", "the caller is the app on other transports too");
    }

    [Fact]
    public async Task A_service_cannot_create_a_token_of_an_app()
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "app:acme" };
        var forwarded = await _service.Tokens.CreateBearerAsync("orders", claims, Cancellation);

        (await StatusAsync("/acme-only", "Bearer " + forwarded)).ShouldBe(403);
        (await StatusAsync("/orders-only", "Bearer " + forwarded)).ShouldBe(200);
        claims["client_id"] = "acme";
        (await Should.ThrowAsync<ArgumentException>(async () => await _service.Tokens.CreateBearerAsync("orders", claims, Cancellation))).Message.ShouldContain("client_id");
    }

    [Fact]
    public async Task The_app_is_the_caller_also_with_MapInboundClaims()
    {
        await using var service = await AppService.StartAsync(configure: builder =>
            builder.Services.Configure<Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerOptions>("Rewt", options => options.MapInboundClaims = true));
        var key = (await service.AddAcmeAsync()).Key;
        var token = await TokenRequests.TokenAsync(service, "acme", key);

        foreach (var (path, status) in new[] { ("/acme-only", HttpStatusCode.OK), ("/orders-only", HttpStatusCode.Forbidden), ("/iss-orders", HttpStatusCode.Forbidden) })
        {
            (await service.GetAsync(path, ("Authorization", "Bearer " + token)).StatusAsync()).ShouldBe(status, path);
        }
    }

    [Fact]
    public async Task An_identity_of_another_authentication_scheme_does_not_satisfy_RequireCaller()
    {
        var policy = new AuthorizationPolicyBuilder().RequireCaller("orders").Build();
        var authorization = _service.Services.GetRequiredService<IAuthorizationService>();

        foreach (var (scheme, allowed) in new[] { ("Rewt", true), ("RewtApiKey", true), ("Users", false), ("Cookies", false), ((string?)null, false) })
        {
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("iss", "orders")], scheme, "iss", "role"));
            (await authorization.AuthorizeAsync(user, null, policy)).Succeeded.ShouldBe(allowed, scheme);
        }
    }

    [Fact]
    public async Task The_log_names_the_refused_caller_and_the_permitted_callers_once_a_second()
    {
        var bearer = await _service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        (await StatusAsync("/acme-only", null)).ShouldBe(401);
        _service.Log.Text.ShouldNotContain("CallerRefused");
        (await StatusAsync("/acme-only", "Bearer " + bearer)).ShouldBe(403);
        (await StatusAsync("/orders-only", "ApiKey " + _key)).ShouldBe(403);

        _service.Log.Text.ShouldContain("Information CallerRefused: The caller 'orders' of the scheme 'Rewt' was refused. RequireCaller permits only app:acme, authenticated by the scheme Rewt or RewtApiKey.");
        _service.Log.Text.ShouldContain("Information CallerRefused: The caller 'app:acme' of the scheme 'RewtApiKey' was refused. RequireCaller permits only orders, authenticated by the scheme Rewt or RewtApiKey.");
    }

    [Fact]
    public async Task Refusals_by_RequireCaller_are_logged_once_a_second_for_each_list_of_callers()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await TestService.StartAsync(
            null,
            "inventory",
            configure: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            map: application => application.MapGet("/orders-only", () => "").RequireCaller("orders"));
        var token = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);

        for (var call = 0; call < 3; call++) (await service.CallAsync(token, "/orders-only").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await service.CallAsync(token, "/orders-only").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);

        service.Log.Text.Split('\n').Count(line => line.Contains("CallerRefused", StringComparison.Ordinal)).ShouldBe(2);
        service.Log.Text.ShouldContain("2 more for this reason were not logged.");
    }

    [Fact]
    public async Task A_group_and_its_endpoint_must_both_permit_the_caller()
    {
        var authorization = _service.Services.GetRequiredService<IAuthorizationService>();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("iss", "billing")], "Rewt", "iss", "role"));
        foreach (var (group, endpoint, allowed) in new[] { ("billing", "billing", true), ("billing", "orders", false), ("orders", "billing", false) })
        {
            var policy = new AuthorizationPolicyBuilder().RequireCaller(group).RequireCaller(endpoint).Build();
            (await authorization.AuthorizeAsync(user, null, policy)).Succeeded.ShouldBe(allowed, $"{group} and {endpoint}");
        }
    }

    [Theory]
    [InlineData("rewt+jwt", "app:acme")]
    [InlineData("at+jwt", null)]
    [InlineData("JWT", null)]
    [InlineData(null, null)]
    public void The_client_id_claim_identifies_an_app_only_in_a_token_of_Rewt(string? type, string? app)
    {
        var payload = """{"iss":"https://login.example","sub":"app:acme","client_id":"acme"}"""u8.ToArray();
        var identity = new ClaimsIdentity([new Claim("iss", "https://login.example"), new Claim("sub", "app:acme")], "Rewt", "iss", "role");

        var verdict = AppName.Apply(new TokenResult
        {
            Header = new TokenHeader("RS256", "key", type, null, false),
            Claims = TokenClaims.Read(payload),
            Identity = identity,
        });

        verdict.App.ShouldBe(app);
        verdict.Identity!.Name.ShouldBe(app ?? "https://login.example");
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("app:")]
    [InlineData("app:a b")]
    [InlineData("or ders")]
    [InlineData("orders", "user:42")]
    public void RequireCaller_rejects_missing_and_invalid_names_of_callers(params string[] callers) =>
        Should.Throw<ArgumentException>(() => new AuthorizationPolicyBuilder().RequireCaller(callers));

    [Fact]
    public void A_key_in_place_of_a_caller_is_refused_and_does_not_appear_in_the_error()
    {
        foreach (var key in new[] { _key, RandomNumberGenerator.GetHexString(64), Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)) })
        {
            Should.Throw<ArgumentException>(() => new AuthorizationPolicyBuilder().RequireCaller(key)).Message.ShouldNotContain(key[12..28]);
        }
    }

    /// <summary>Tests that RequireCaller accepts the same names of other issuers as TrustedIssuers.</summary>
    [Fact]
    public async Task RequireCaller_accepts_the_URL_of_another_issuer()
    {
        var policy = new AuthorizationPolicyBuilder().RequireCaller("https://auth.example/").Build();
        var authorization = _service.Services.GetRequiredService<IAuthorizationService>();

        foreach (var (issuer, allowed) in new[] { ("https://auth.example/", true), ("https://auth.example", false), ("orders", false) })
        {
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("iss", issuer)], "Rewt", "iss", "role"));
            (await authorization.AuthorizeAsync(user, null, policy)).Succeeded.ShouldBe(allowed, issuer);
        }
    }

    [Fact]
    public async Task A_service_without_API_keys_identifies_an_app_by_its_token()
    {
        await using var inventory = await TestService.StartAsync(
            null,
            configure: builder => builder.Services.AddSingleton<IRingStoreFactory>(_service.Services.GetRequiredService<IRingStoreFactory>()),
            map: application => application.MapGet("/acme-only", (ClaimsPrincipal user) => user.Identity?.Name).RequireCaller("app:acme"));
        await _service.Apps.UpdateAsync(new RewtApp("acme") { Audiences = ["orders", "inventory"] }, Cancellation);
        string token = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await TokenRequests.PostAsync(_service, TokenRequests.Basic("acme", _key), ("grant_type", "client_credentials"), ("audience", "inventory"));
                if (!response.IsSuccessStatusCode) return false;
                token = (await TokenRequests.BodyAsync(response)).GetProperty("access_token").GetString()!;
                return true;
            },
            "the service has read the new audience");

        (await inventory.CallAsync(token, "/acme-only").TextAsync()).ShouldBe("app:acme");
    }

    private async Task<int> StatusAsync(string path, string? authorization)
    {
        using var response = await _service.GetAsync(path, authorization is null ? [] : [("Authorization", authorization)]);
        return (int)response.StatusCode;
    }

    private async Task<List<string>> ClaimsAsync(string authorization)
    {
        using var response = await _service.GetAsync("/secure", authorization);
        var claims = await response.Content.ReadAsStringAsync(Cancellation);
        return [.. claims.Split('\n').Order(StringComparer.Ordinal)];
    }
}
