using Rewt.Tests.Ring;

namespace Rewt.Tests.Tenants;

/// <summary>The key that verified, the tenant in the token and the tenant of the request belong together, or the endpoint never runs.</summary>
public sealed class TenantBindingTests : WithServices
{
    private static readonly Secret Common = Secret.TryParse(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), out _)!;
    private static readonly Secret SecretOfA = Common.Derive("rewt", "a", default);
    private static readonly Secret SecretOfB = Common.Derive("rewt", "b", default);

    private TestService _host = null!;

    public override async ValueTask InitializeAsync() => _host = await EndingAsync(StartAsync());

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
        await using var host = await StartAsync(builder => builder.Services.AddAuthentication().AddRewtTenantSelector(_ =>
        {
            asked++;
            return answer;
        }));
        var token = Token(SecretOfA, "\"a\"");
        var another = Sign(Forge(SecretOfA.KeyId, "\"a\"").Claim("jti", "\"another\""), SecretOfA);
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
        await using var host = await StartAsync(builder =>
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
    [InlineData("altered to b, signed with a's key", "\"b\"", "a", "b")]
    [InlineData("a's token at b's url", "\"a\"", "a", "b")]
    [InlineData("b's key at a's url", "\"a\"", "b", "a")]
    [InlineData("the key of another namespace", "\"a\"", "other namespace", "a")]
    [InlineData("the key of another generation", "\"a\"", "other generation", "a")]
    [InlineData("the key of generation 0 under the id of another generation", "\"a\"", "raised", "a")]
    [InlineData("the namespace's secret under its own id", "\"a\"", "secret", "a")]
    [InlineData("the namespace's secret under the id of a's key", "\"a\"", "secret as a", "a")]
    [InlineData("a's key under the id of the secret", "\"a\"", "a as secret", "a")]
    [InlineData("a secret that the service does not have", "\"a\"", "unknown", "a")]
    [InlineData("no tenant", null, "a", "a")]
    [InlineData("an empty tenant", "\"\"", "a", "a")]
    [InlineData("the tenant in another case", "\"A\"", "a", "a")]
    [InlineData("a tenant that is no text", "7", "a", "a")]
    [InlineData("a list of tenants", "[\"a\",\"b\"]", "a", "a")]
    [InlineData("null", "null", "a", "a")]
    [InlineData("a pattern", "\"*\"", "a", "a")]
    [InlineData("a path into another namespace", "\"x/a\"", "a", "a")]
    [InlineData("braces", "\"{a}\"", "a", "a")]
    [InlineData("a space behind", "\"a \"", "a", "a")]
    [InlineData("a line break behind", "\"a\\n\"", "a", "a")]
    public async Task A_request_of_more_than_one_tenant_is_refused_and_the_endpoint_never_runs(string what, string? tenant, string key, string url)
    {
        var unknown = Rings.Secret("unknown").Derive("rewt", "a", default);
        var (secret, keyId) = key switch
        {
            "a" => (SecretOfA, SecretOfA.KeyId),
            "b" => (SecretOfB, SecretOfB.KeyId),
            "other namespace" => (Common.Derive("users", "a", default), SecretOfA.KeyId),
            "other generation" => (Common.Derive("rewt", "a", new(1)), SecretOfA.KeyId),
            "raised" => (SecretOfA, Common.Derive("rewt", "a", new(1)).KeyId),
            "secret" => (Common, Common.KeyId),
            "secret as a" => (Common, SecretOfA.KeyId),
            "a as secret" => (SecretOfA, Common.KeyId),
            _ => (unknown, unknown.KeyId),
        };

        using var answer = await _host.OrdersAsync(url, Sign(Forge(keyId, tenant), secret));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, what);
        answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        _host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_resolver_of_the_application_that_caches_keys_does_not_lose_a_revocation()
    {
        await using var host = await StartAsync(CachingResolver.Register(static request => request));
        var token = Token(SecretOfA, "\"a\"");
        for (var call = 0; call < 3; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        await host.Tenants.RevokeTenantAsync("a", Cancellation);

        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("a", Sign(Forge(SecretOfA.KeyId, "\"a\"").Claim("jti", "\"another\""), SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_resolver_of_the_application_that_caches_by_key_id_does_not_confuse_two_tenants()
    {
        await using var host = await StartAsync(CachingResolver.Register(static request => (request.Namespace, request.KeyId)));
        (await host.StatusAsync("a", Token(SecretOfA, "\"a\""))).ShouldBe(HttpStatusCode.OK);

        (await host.StatusAsync("b", Token(SecretOfA, "\"b\""))).ShouldBe(HttpStatusCode.Unauthorized);
        host.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_resolver_of_the_application_that_returns_the_namespaces_secret_lets_no_token_in()
    {
        await using var host = await StartAsync(builder => builder.Services.AddSingleton<IIssuerSigningKeyResolver>(new SecretResolver()));

        (await host.StatusAsync("a", Sign(Forge(SecretOfA.KeyId, "\"a\""), Common))).ShouldBe(HttpStatusCode.Unauthorized);
        host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Two_tenants_in_one_token_are_none()
    {
        var forge = Forge(SecretOfA.KeyId, null).Claim("tenant", "\"a\"").ClaimAgain("tenant", "\"b\"");

        (await _host.StatusAsync("a", Sign(forge, SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.StatusAsync("b", Sign(forge, SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
        _host.Calls.ShouldBe(0);
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

    private static Task<TestService> StartAsync(Action<WebApplicationBuilder>? configure = null) => TenantService.StartAsync(null, configure: builder =>
    {
        var ring = new SharedMemoryRing();
        ring.Store.Set(Common.CopyBytes(), SharedMemoryRing.Lifetime);
        builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(ring));
        configure?.Invoke(builder);
    });

    private static string Token(Secret secret, string? tenant) => Sign(Forge(secret.KeyId, tenant), secret);

    private static TokenForge Forge(string keyId, string? tenant)
    {
        var forge = new TokenForge(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).HeaderMember("kid", $"\"{keyId}\"");
        return tenant is null ? forge : forge.Claim("tenant", tenant);
    }

    private static string Sign(TokenForge forge, Secret secret)
    {
        var signed = $"{forge.Header}.{forge.Claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret.Bytes, Encoding.UTF8.GetBytes(signed)))}";
    }

    private sealed class SecretResolver : IIssuerSigningKeyResolver
    {
        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) => new([new RingSecurityKey(Common)]);
    }

    private sealed class CachingResolver(KeyRingResolver inner, Func<RewtKeyRequest, object> key) : IIssuerSigningKeyResolver
    {
        private readonly ConcurrentDictionary<object, IReadOnlyList<SecurityKey>> _cache = [];

        public static Action<WebApplicationBuilder> Register(Func<RewtKeyRequest, object> key) => builder =>
            builder.Services.AddSingleton<IIssuerSigningKeyResolver>(provider => new CachingResolver(provider.GetRequiredService<KeyRingResolver>(), key));

        public async ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default)
        {
            if (_cache.TryGetValue(key(request), out var cached)) return cached;
            var keys = await inner.ResolveAsync(request, cancellationToken);
            if (keys.Count > 0) _cache[key(request)] = keys;
            return keys;
        }
    }
}
