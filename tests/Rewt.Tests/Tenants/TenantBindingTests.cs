namespace Rewt.Tests.Tenants;

/// <summary>The ring that verified, the tenant in the token and the tenant of the request are one, or the endpoint never runs.</summary>
public sealed class TenantBindingTests : WithServices
{
    private const string SecretOfA = "the-secret-of-tenant-a-which-b-does-not-have";
    private const string SecretOfB = "the-secret-of-tenant-b-which-a-does-not-have";

    private RedisServer _redis = null!;
    private TestService _host = null!;

    public override async ValueTask InitializeAsync()
    {
        _redis = await EndingAsync(RedisServer.StartAsync());
        await _redis.SetAsync("rewt:a:rewt-secret", SecretOfA, TimeSpan.FromHours(1));
        await _redis.SetAsync("rewt:b:rewt-secret", SecretOfB, TimeSpan.FromHours(1));
        _host = await EndingAsync(TenantService.StartAsync(_redis));
    }

    [Fact]
    public async Task A_token_of_a_tenant_gets_in_at_the_tenants_own_url()
    {
        using var answer = await _host.OrdersAsync("a", Token(SecretOfA, "\"a\""));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync(Cancellation)).Trim('"', ' ').ShouldBe("a");
        (await _host.StatusAsync("b", Token(SecretOfB, "\"b\""))).ShouldBe(HttpStatusCode.OK);
        _host.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_that_has_got_in_before_is_still_one_tenants()
    {
        var token = Token(SecretOfA, "\"a\"");
        for (var call = 0; call < 4; call++) (await _host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        (await _host.StatusAsync("b", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.StatusAsync("A", token)).ShouldBe(HttpStatusCode.Unauthorized);
        _host.Calls.ShouldBe(4);

        await _host.Tenants.RevokeTenantAsync("a", Cancellation);
        (await _host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        _host.Calls.ShouldBe(4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_selector_is_asked_once_a_request_whether_the_token_is_new_known_or_another_tenants(int calls)
    {
        var (asked, answer) = (0, "a");
        await using var host = await TenantService.StartAsync(_redis, configure: builder => builder.Services.AddAuthentication().AddRewtTenantSelector(_ =>
        {
            asked++;
            return answer;
        }));
        var token = Token(SecretOfA, "\"a\"");
        var another = Sign(Forge(SecretOfA, "\"a\"").Claim("jti", "\"another\""), SecretOfA);
        for (var call = 0; call < calls; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        answer = "b";
        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("a", another)).ShouldBe(HttpStatusCode.Unauthorized);

        asked.ShouldBe(calls + 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Of_a_selector_that_throws_the_applications_AuthenticationFailed_hears(int calls)
    {
        var heard = 0;
        var isBroken = false;
        await using var host = await TenantService.StartAsync(_redis, configure: builder =>
        {
            builder.Services.AddAuthentication().AddRewtTenantSelector(context => isBroken ? throw new InvalidOperationException("no tenant here") : context.Request.RouteValues["tenant"] as string);
            builder.Services.Configure<JwtBearerOptions>("Rewt", options => options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context =>
                {
                    heard++;
                    context.NoResult();
                    return Task.CompletedTask;
                },
            });
        });
        var token = Token(SecretOfA, "\"a\"");
        for (var call = 1; call < calls; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);
        isBroken = true;

        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        heard.ShouldBe(1);
        host.Calls.ShouldBe(calls - 1);
    }

    [Theory]
    [InlineData("altered to b, signed with a's secret", "\"b\"", SecretOfA, null, "b")]
    [InlineData("altered to b, signed with a's secret under b's key id", "\"b\"", SecretOfA, SecretOfB, "b")]
    [InlineData("a's token at b's url", "\"a\"", SecretOfA, null, "b")]
    [InlineData("b's secret under a's key id", "\"a\"", SecretOfB, SecretOfA, "a")]
    [InlineData("no tenant", null, SecretOfA, null, "a")]
    [InlineData("an empty tenant", "\"\"", SecretOfA, null, "a")]
    [InlineData("the tenant in another case", "\"A\"", SecretOfA, null, "a")]
    [InlineData("a tenant that is no text", "7", SecretOfA, null, "a")]
    [InlineData("a list of tenants", "[\"a\",\"b\"]", SecretOfA, null, "a")]
    [InlineData("null", "null", SecretOfA, null, "a")]
    [InlineData("a pattern", "\"*\"", SecretOfA, null, "a")]
    [InlineData("a path into another namespace", "\"x:a\"", SecretOfA, null, "a")]
    [InlineData("braces", "\"{a}\"", SecretOfA, null, "a")]
    [InlineData("a space behind", "\"a \"", SecretOfA, null, "a")]
    [InlineData("a line break behind", "\"a\\n\"", SecretOfA, null, "a")]
    public async Task What_is_not_one_tenant_throughout_is_refused_and_the_endpoint_never_runs(
        string what, string? tenant, string secret, string? keyOf, string url)
    {
        using var answer = await _host.OrdersAsync(url, Token(secret, tenant, keyOf));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, what);
        answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        _host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Two_tenants_in_one_token_are_none()
    {
        var forge = Forge(SecretOfA, null).Claim("tenant", "\"a\"").ClaimAgain("tenant", "\"b\"");

        (await _host.StatusAsync("a", Sign(forge, SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.StatusAsync("b", Sign(forge, SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
        _host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Two_tenants_with_one_secret_and_so_one_key_id_are_both_refused()
    {
        await _host.Tenants.Tokens("a").VerifyBearerAsync(Token(SecretOfA, "\"a\""), Cancellation);
        await _redis.SetAsync("rewt:twin:rewt-secret", SecretOfA, TimeSpan.FromHours(1));

        (await _host.StatusAsync("twin", Token(SecretOfA, "\"twin\""))).ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.StatusAsync("a", Token(SecretOfA, "\"a\""))).ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.StatusAsync("a", Token(SecretOfA, "\"twin\""))).ShouldBe(HttpStatusCode.Unauthorized);
        _host.Calls.ShouldBe(0);
        (await _host.StatusAsync("b", Token(SecretOfB, "\"b\""))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_url_that_names_no_tenant_refuses_every_token()
    {
        (await _host.CallAsync(Token(SecretOfA, "\"a\"")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Outside_HTTP_a_token_of_another_tenant_is_refused_too()
    {
        var data = await _host.Tenants.SignedData("a").SignAsync(new { Order = 7 }, Cancellation);

        (await _host.Tenants.SignedData("a").VerifyAsync(data, Cancellation)).IsValid.ShouldBeTrue();
        (await _host.Tenants.SignedData("b").VerifyAsync(data, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        (await _host.Tenants.Tokens("b").VerifyBearerAsync(Token(SecretOfA, "\"a\""), Cancellation)).IsValid.ShouldBeFalse();
    }

    private static string Token(string secret, string? tenant, string? keyOf = null)
    {
        var forge = Forge(keyOf ?? secret, tenant);
        return Sign(forge, secret);
    }

    private static TokenForge Forge(string keyOf, string? tenant)
    {
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).HeaderMember("kid", $"\"{KeyId.Of(Encoding.UTF8.GetBytes(keyOf))}\"");
        return tenant is null ? forge : forge.Claim("tenant", tenant);
    }

    private static string Sign(TokenForge forge, string secret)
    {
        var signed = $"{forge.Header}.{forge.Claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(signed)))}";
    }
}
