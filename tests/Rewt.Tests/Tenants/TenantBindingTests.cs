using Rewt.Tests.Ring;

namespace Rewt.Tests.Tenants;

/// <summary>Tests that an endpoint runs only if the verifying key, the tenant in the token and the tenant of the request match.</summary>
public sealed class TenantBindingTests : WithServices
{
    private static readonly Secret NamespaceSecret = Secret.TryParse(Encoding.UTF8.GetBytes(TokenForge.KnownSecret), out _)!;
    private static readonly Secret SecretOfA = NamespaceSecret.Derive(new("rewt", "a"), default);
    private static readonly Secret SecretOfB = NamespaceSecret.Derive(new("rewt", "b"), default);

    private TestService _host = null!;

    public override async ValueTask InitializeAsync() => _host = await DisposeAfterTestAsync(StartAsync());

    [Fact]
    public async Task A_cached_token_is_refused_for_another_tenant_and_after_a_revocation()
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
    public async Task The_tenant_selector_is_called_once_for_each_request(int calls)
    {
        var (selections, answer) = (0, "a");
        await using var host = await StartAsync(builder => builder.Services.AddAuthentication().AddRewtTenantSelector(_ =>
        {
            selections++;
            return answer;
        }));
        var token = Token(SecretOfA, "\"a\"");
        var another = Sign(Forge(SecretOfA.KeyId.ToString(), "\"a\"").Claim("jti", "\"another\""), SecretOfA);
        for (var call = 0; call < calls; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        answer = "b";
        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("a", another)).ShouldBe(HttpStatusCode.Unauthorized);

        selections.ShouldBe(calls + 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task AuthenticationFailed_is_called_when_the_tenant_selector_throws(int calls)
    {
        var failures = 0;
        var isBroken = false;
        await using var host = await StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddRewtTenantSelector(context => isBroken ? throw new InvalidOperationException("no tenant here") : context.Request.RouteValues["tenant"] as string);
            builder.Services.Configure<JwtBearerOptions>("Rewt", options => options.Events = new JwtBearerEvents
            {
                OnAuthenticationFailed = context =>
                {
                    failures++;
                    context.NoResult();
                    return Task.CompletedTask;
                },
            });
        });
        var token = Token(SecretOfA, "\"a\"");
        for (var call = 1; call < calls; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);
        isBroken = true;

        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        failures.ShouldBe(1);
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
    [InlineData("a tenant that is not a string", "7", "a", "a")]
    [InlineData("a list of tenants", "[\"a\",\"b\"]", "a", "a")]
    [InlineData("null", "null", "a", "a")]
    [InlineData("a pattern", "\"*\"", "a", "a")]
    [InlineData("a path into another namespace", "\"x/a\"", "a", "a")]
    [InlineData("braces", "\"{a}\"", "a", "a")]
    [InlineData("a space behind", "\"a \"", "a", "a")]
    [InlineData("a line break behind", "\"a\\n\"", "a", "a")]
    public async Task A_request_with_mismatched_tenants_is_refused_before_the_endpoint_runs(string what, string? tenant, string key, string url)
    {
        var unknown = Rings.Secret("unknown").Derive(new("rewt", "a"), default);
        var (secret, keyId) = key switch
        {
            "a" => (SecretOfA, SecretOfA.KeyId),
            "b" => (SecretOfB, SecretOfB.KeyId),
            "other namespace" => (NamespaceSecret.Derive(new("users", "a"), default), SecretOfA.KeyId),
            "other generation" => (NamespaceSecret.Derive(new("rewt", "a"), new(1)), SecretOfA.KeyId),
            "raised" => (SecretOfA, NamespaceSecret.Derive(new("rewt", "a"), new(1)).KeyId),
            "secret" => (NamespaceSecret, NamespaceSecret.KeyId),
            "secret as a" => (NamespaceSecret, SecretOfA.KeyId),
            "a as secret" => (SecretOfA, NamespaceSecret.KeyId),
            _ => (unknown, unknown.KeyId),
        };

        using var answer = await _host.OrdersAsync(url, Sign(Forge(keyId.ToString(), tenant), secret));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, what);
        answer.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        _host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_revocation_takes_effect_even_if_a_custom_resolver_caches_keys()
    {
        await using var host = await StartAsync(CachingResolver.Register(static request => request));
        var token = Token(SecretOfA, "\"a\"");
        for (var call = 0; call < 3; call++) (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.OK);

        await host.Tenants.RevokeTenantAsync("a", Cancellation);

        (await host.StatusAsync("a", token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.StatusAsync("a", Sign(Forge(SecretOfA.KeyId.ToString(), "\"a\"").Claim("jti", "\"another\""), SecretOfA))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_custom_resolver_that_caches_by_key_id_does_not_confuse_two_tenants()
    {
        await using var host = await StartAsync(CachingResolver.Register(static request => (request.Namespace, request.KeyId)));
        (await host.StatusAsync("a", Token(SecretOfA, "\"a\""))).ShouldBe(HttpStatusCode.OK);

        (await host.StatusAsync("b", Token(SecretOfA, "\"b\""))).ShouldBe(HttpStatusCode.Unauthorized);
        host.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_is_refused_if_a_custom_resolver_returns_the_secret_of_the_namespace()
    {
        await using var host = await StartAsync(builder => builder.Services.AddSingleton<IIssuerSigningKeyResolver>(new SecretResolver()));

        (await host.StatusAsync("a", Sign(Forge(SecretOfA.KeyId.ToString(), "\"a\""), NamespaceSecret))).ShouldBe(HttpStatusCode.Unauthorized);
        host.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_tenant_token_is_refused_at_a_URL_without_a_tenant()
    {
        (await _host.CallAsync(Token(SecretOfA, "\"a\"")).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_of_another_tenant_is_refused_outside_HTTP_too()
    {
        var data = await _host.Tenants.SignedData("a").SignAsync(new { Order = 7 }, Cancellation);

        (await _host.Tenants.SignedData("a").VerifyAsync(data, Cancellation)).IsValid.ShouldBeTrue();
        (await _host.Tenants.SignedData("b").VerifyAsync(data, Cancellation)).Refusal.ShouldBe(RewtRefusal.Invalid);
        (await _host.Tenants.Tokens("b").VerifyBearerAsync(Token(SecretOfA, "\"a\""), Cancellation)).IsValid.ShouldBeFalse();
    }

    private static Task<TestService> StartAsync(Action<WebApplicationBuilder>? configure = null) => TenantService.StartAsync(null, configure: builder =>
    {
        var ring = new SharedMemoryRing();
        ring.Store.Set(NamespaceSecret.CopyBytes(), SharedMemoryRing.Lifetime);
        builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(ring));
        configure?.Invoke(builder);
    });

    private static string Token(Secret secret, string? tenant) => Sign(Forge(secret.KeyId.ToString(), tenant), secret);

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
        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) => new([new RingSecurityKey(NamespaceSecret)]);
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
