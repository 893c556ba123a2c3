using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.Apps;

/// <summary>Verifies which API keys a service accepts over HTTP.</summary>
public sealed class ApiKeyTests : IAsyncLifetime
{
    private static readonly string[] OtherCredentials = ["Basic eA==", "Negotiate YII=", "Digest username=\"x\"", "Bearer eyJ.eyJ.x", "eA=="];

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await AppService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("Authorization", "ApiKey ")]
    [InlineData("Authorization", "apikey ")]
    [InlineData("X-Api-Key", "")]
    [InlineData("x-api-key", "")]
    public async Task An_API_key_is_accepted_in_the_Authorization_or_the_X_Api_Key_header(string header, string prefix)
    {
        var key = await _service.AddAcmeAsync();

        using var response = await _service.GetAsync("/counted", (header, prefix + key.Key));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("app:acme");
    }

    [Theory]
    [InlineData("X-Api-Key", "", true)]
    [InlineData("Authorization", "ApiKey ", false)]
    public async Task A_response_to_a_key_in_the_X_Api_Key_header_varies_by_that_header(string header, string prefix, bool varies)
    {
        var key = await _service.AddAcmeAsync();

        using var response = await _service.GetAsync("/counted", (header, prefix + key.Key));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Vary.ShouldBe(varies ? ["X-Api-Key"] : []);
    }

    [Fact]
    public async Task A_response_cache_returns_the_response_to_a_key_in_the_X_Api_Key_header_to_no_other_app()
    {
        await using var service = await AppService.StartAsync(configure: builder =>
        {
            builder.Services.AddResponseCaching();
            builder.Services.AddSingleton<IStartupFilter>(new CachingFilter());
        });
        var (acme, other) = ((await service.AddAcmeAsync()).Key, (await service.AddAcmeAsync("other")).Key);

        using var first = await service.GetAsync("/counted", ("X-Api-Key", acme));
        using var second = await service.GetAsync("/counted", ("X-Api-Key", other));
        using var repeated = await service.GetAsync("/counted", ("X-Api-Key", acme));

        (await first.Content.ReadAsStringAsync(Cancellation)).ShouldBe("app:acme");
        (await second.Content.ReadAsStringAsync(Cancellation)).ShouldBe("app:other");
        repeated.Headers.Age.ShouldNotBeNull("the response to the same app comes from the cache");
    }

    [Fact]
    public async Task The_Vary_header_of_the_endpoint_is_kept_and_names_the_header_of_the_key_once()
    {
        await using var service = await AppService.StartAsync(configure: builder => builder.Services.AddSingleton<IStartupFilter>(new VaryingFilter()));
        var key = (await service.AddAcmeAsync()).Key;

        using var other = await service.GetAsync("/counted?vary=Accept", ("X-Api-Key", key));
        using var same = await service.GetAsync("/counted?vary=Accept,%20x-api-key", ("X-Api-Key", key));
        using var any = await service.GetAsync("/counted?vary=*", ("X-Api-Key", key));

        other.Headers.Vary.ShouldBe(["Accept", "X-Api-Key"]);
        same.Headers.Vary.ShouldBe(["Accept", "x-api-key"]);
        any.Headers.Vary.ShouldBe(["*"]);
    }

    [Fact]
    public async Task A_wrong_changed_or_revoked_API_key_is_refused_before_the_endpoint_runs()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        var other = (await _service.AddAcmeAsync("other")).Key;
        var revoked = await _service.AddAcmeAsync("revoked");
        (await _service.StatusAsync(revoked.Key)).ShouldBe(HttpStatusCode.OK);
        await _service.Apps.RevokeAsync("revoked", Cancellation);
        var forOtherService = (await _service.AddAcmeAsync("elsewhere", ["inventory"])).Key;
        var calls = _service.Calls;
        string[] bad =
        [
            string.Empty, " ", "x", key[..^1], key[..20], key[1..], key + "A", key.ToUpperInvariant(), key.ToLowerInvariant(), new string('A', 10_240), key + new string('A', 10_240),
            key + " " + key, key + "," + key, key + ".", "rewt_acme_", "rewt__" + key[10..], ApiKeyFormat.Create("acme"), ApiKeyFormat.Create("missing"),
            // The key of another app with the id of this app: with the original checksum, and with a valid one.
            "rewt_acme" + other["rewt_other".Length..], WithChecksum("rewt_acme" + other["rewt_other".Length..]), revoked.Key, forOtherService, $"\"{key}\"", "Bearer " + key,
        ];
        foreach (var header in new[] { "Authorization", "X-Api-Key" })
        {
            foreach (var text in bad)
            {
                using var response = await _service.GetAsync("/counted", (header, header == "X-Api-Key" ? text : "ApiKey " + text));
                response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, text);
                response.Headers.WwwAuthenticate.ToString().ShouldBe("ApiKey error=\"invalid_key\", error_description=\"The API key is not valid\"", text);
                (await response.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
            }
        }

        _service.Calls.ShouldBe(calls);
        (await _service.StatusAsync(key)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_response_explains_a_refused_or_missing_API_key_with_ExplainRefusals()
    {
        await using var service = await AppService.StartAsync(settings: options => options.ExplainRefusals = true);
        var key = (await service.AddAcmeAsync(audiences: ["inventory"])).Key;
        await using var apps = await TestService.StartAsync(
            null,
            settings: options => options.ExplainRefusals = true,
            configure: builder => builder.Services.AddAuthentication().AddRewtApiKeys(),
            map: application => application.MapGet("/apps", () => "").RequireAuthorization(policy => policy.AddAuthenticationSchemes(RewtDefaults.ApiKeyScheme).RequireAuthenticatedUser()));

        foreach (var (answer, reason, detail) in new[]
        {
            (await service.GetAsync("/counted", "ApiKey " + key), "other_service", "Add the service to the app's Audiences."),
            (await service.GetAsync("/counted", "ApiKey " + key[..^1]), "malformed", "Copy the whole key again"),
            (await apps.GetAsync("/apps", Array.Empty<string>()), "no_key", "The request has no API key."),
        })
        {
            using var disposal = answer;
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("ApiKey");
            var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
            (problem.GetProperty("status").GetInt32(), problem.GetProperty("reason").GetString()).ShouldBe((401, reason));
            problem.GetProperty("detail").GetString()!.ShouldContain(detail);
            problem.GetRawText().ShouldNotContain(key[10..40]);
        }
    }

    [Fact]
    public async Task An_API_key_in_the_query_a_cookie_or_as_bearer_token_is_ignored()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        foreach (var (path, header, value) in new[]
        {
            ($"/counted?api_key={key}&apikey={key}&X-Api-Key={key}&access_token={key}", "X-Other", "x"), ("/counted", "Cookie", $"X-Api-Key={key}"),
            ("/counted", "Authorization", "Bearer " + key), ("/counted", "Authorization", key), ("/counted", "Authorization", "Basic " + key), ("/counted", "Authorization", "ApiKey" + key),
        })
        {
            using var response = await _service.GetAsync(path, (header, value));
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{path[..8]} {header}");
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }

        _service.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_with_two_credentials_is_refused_even_if_the_API_key_is_valid()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        (string, string)[][] requests =
        [
            [("X-Api-Key", key), ("Authorization", "ApiKey " + key)],
            [("X-Api-Key", key), ("X-Api-Key", key)],
            [("Authorization", "ApiKey " + key), ("Authorization", "ApiKey " + key)],
            [("Authorization", "ApiKey " + key), ("Authorization", "Basic eA==")],
            [("X-Api-Key", key), ("X-Api-Key", "x")],
            [("X-Api-Key", string.Empty), ("Authorization", "ApiKey " + key)],
            .. OtherCredentials.Select(other => new[] { ("X-Api-Key", key), ("Authorization", other) }),
        ];
        foreach (var headers in requests)
        {
            // HttpClient joins values of one name; a raw request keeps the lines apart.
            var status = await RawRequest.StatusAsync(_service.Address, "/counted", headers);
            status.ShouldBe(401);
        }

        _service.Calls.ShouldBe(0);
        (await RawRequest.StatusAsync(_service.Address, "/counted", ("X-Api-Key", key))).ShouldBe(200);
    }

    [Fact]
    public async Task Refused_API_keys_and_token_requests_log_one_line_a_second_for_each_reason()
    {
        var clock = new FakeTimeProvider();
        await using var service = await AppService.StartAsync(
            apiKeys: options => options.TokenRequestsPerMinute = 1000,
            configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        for (var call = 0; call < 100; call++) await RefuseAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await RefuseAsync();

        foreach (var name in new[] { "ApiKeyRefused", "AppTokenRefused" })
        {
            var events = service.Log.Text.Split('\n').Where(line => line.Contains($" {name}:", StringComparison.Ordinal)).ToList();
            events.Count.ShouldBe(2, name);
            events[0].ShouldNotContain("not logged");
            events[1].ShouldContain("99 more for this reason were not logged.");
        }

        async Task RefuseAsync()
        {
            (await service.StatusAsync("rewt_acme_wrong")).ShouldBe(HttpStatusCode.Unauthorized);
            (await service.Http.PostAsync(new Uri("/token", UriKind.Relative), new FormUrlEncodedContent([]), Cancellation)).Dispose();
        }
    }

    [Fact]
    public async Task A_token_and_an_API_key_in_one_request_must_belong_to_one_caller()
    {
        var acme = (await _service.AddAcmeAsync(scopes: ["read", "write"])).Key;
        var other = (await _service.AddAcmeAsync("other")).Key;
        var token = await TokenRequests.TokenAsync(_service, "acme", acme, ("scope", "write"));
        var serviceToken = await _service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);
        var calls = _service.Calls;

        foreach (var (key, bearer) in new[] { (other, token), (acme, serviceToken), (acme, token[..^2]), (acme, "a.b.c"), (acme, "x"), (acme[..^1], token), (acme[..^1], serviceToken), (string.Empty, serviceToken) })
        {
            using var refused = await _service.GetAsync("/counted", ("X-Api-Key", key), ("Authorization", "Bearer " + bearer));
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        _service.Calls.ShouldBe(calls);
        using var accepted = await _service.GetAsync("/counted", ("X-Api-Key", acme), ("Authorization", "Bearer " + token));
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var narrowed = await _service.GetAsync("/readers", ("X-Api-Key", acme), ("Authorization", "Bearer " + token));
        narrowed.StatusCode.ShouldBe(HttpStatusCode.Forbidden, "the token has fewer scopes than the key");
    }

    [Fact]
    public async Task An_app_can_have_two_valid_API_keys_but_not_three()
    {
        var first = await _service.AddAcmeAsync();
        var second = await _service.Apps.RotateAsync("acme", cancellationToken: Cancellation);

        (await _service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.OK);
        (await _service.StatusAsync(second.Key)).ShouldBe(HttpStatusCode.OK);
        (await Should.ThrowAsync<InvalidOperationException>(() => _service.Apps.RotateAsync("acme", cancellationToken: Cancellation))).Message.ShouldContain("RevokeKeyAsync");
        (await Should.ThrowAsync<InvalidOperationException>(() => _service.AddAcmeAsync())).Message.ShouldContain("RotateAsync");

        (await _service.Apps.RevokeKeyAsync("acme", first.KeyId, Cancellation)).ShouldBeTrue();
        (await _service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.Unauthorized, "the revoking instance refuses the key at once");
        (await _service.StatusAsync(second.Key)).ShouldBe(HttpStatusCode.OK);
        var third = await _service.Apps.RotateAsync("acme", cancellationToken: Cancellation);
        (await _service.StatusAsync(third.Key)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Listing_apps_returns_their_data_without_the_API_keys()
    {
        var created = await _service.AddAcmeAsync(scopes: ["read"]);
        await _service.Apps.UpdateAsync(new RewtApp("acme") { Name = "Acme 2", Owner = "new@acme.example", Audiences = ["orders", "inventory"] }, Cancellation);

        var app = (await _service.Apps.ListAsync(Cancellation)).Single();

        (app.Id, app.Name, app.Owner).ShouldBe(("acme", "Acme 2", "new@acme.example"));
        app.Audiences.ShouldBe(["orders", "inventory"]);
        app.Scopes.ShouldBeEmpty();
        app.Keys.Single().KeyId.ShouldBe(created.KeyId);
        app.Keys.Single().RevokedAt.ShouldBeNull();
        app.Keys.Single().ExpiresAt!.Value.ShouldBe(created.ExpiresAt!.Value, TimeSpan.FromSeconds(1));
        $"{created}".ShouldNotContain(created.Key);
        (await _service.Apps.RevokeKeyAsync("acme", "no-such-key", Cancellation)).ShouldBeFalse();
        (await _service.Apps.RevokeAsync("missing", Cancellation)).ShouldBeFalse();
        (await _service.Apps.UpdateAsync(new RewtApp("missing") { Audiences = ["orders"] }, Cancellation)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "orders", "read", "Id")]
    [InlineData("acme mobile", "orders", "read", "Id")]
    [InlineData("acme:mobile", "orders", "read", "Id")]
    [InlineData("acme", null, "read", "Audiences")]
    [InlineData("acme", "a b", "read", "Audiences")]
    [InlineData("acme", "rewt", "read", "namespace")]
    [InlineData("acme", "orders", "a b", "Scopes")]
    [InlineData("acme", "orders", "", "Scopes")]
    public async Task Adding_an_invalid_app_is_an_error_that_names_the_invalid_value(string id, string? audience, string scope, string expected)
    {
        var app = new RewtApp(id) { Audiences = audience is null ? [] : [audience], Scopes = [scope] };

        var error = await Should.ThrowAsync<ArgumentException>(async () => await _service.Apps.AddAsync(app, cancellationToken: Cancellation));

        error.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task No_log_of_the_service_contains_an_API_key()
    {
        var log = new CapturedLog();
        await using var service = await AppService.StartAsync(configure: builder => builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var key = (await service.AddAcmeAsync()).Key;
        var wrong = ApiKeyFormat.Create("acme");
        (await service.StatusAsync(key)).ShouldBe(HttpStatusCode.OK);
        (await service.StatusAsync(wrong)).ShouldBe(HttpStatusCode.Unauthorized);
        using var byHeader = await service.GetAsync("/counted", ("X-Api-Key", key[..^1]));
        var token = await TokenRequests.TokenAsync(service, "acme", key);
        using var refused = await TokenRequests.PostAsync(service, null, ("grant_type", "client_credentials"), ("client_id", "acme"), ("client_secret", wrong));

        log.Lines.ShouldContain(line => line.Contains(": An API key was refused", StringComparison.Ordinal));
        var (secret, other, signature) = (key[10..40], wrong[10..40], token.Split('.')[2]);
        foreach (var line in log.Lines)
        {
            line.ShouldNotContain(secret);
            line.ShouldNotContain(other);
            line.ShouldNotContain(signature);
        }
    }

    [Fact]
    public async Task API_keys_work_without_another_authentication_scheme()
    {
        await using var service = await TestService.HostAsync(
            builder =>
            {
                builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "orders");
                builder.Services.AddAuthentication().AddRewtApiKeys(options => options.HeaderName = null);
                builder.Services.AddAuthorization();
            },
            application => application.MapGet("/", () => "in").RequireCaller("app:acme"));
        var key = (await service.AddAcmeAsync()).Key;

        (await RawRequest.StatusAsync(service.Address, "/", ("Authorization", "ApiKey " + key))).ShouldBe(200);
        (await RawRequest.StatusAsync(service.Address, "/", ("Authorization", "ApiKey " + key), ("Authorization", "Bearer x"))).ShouldBe(401);
        (await RawRequest.StatusAsync(service.Address, "/", ("X-Api-Key", key))).ShouldBe(401, "the header is disabled");
        (await RawRequest.StatusAsync(service.Address, "/")).ShouldBe(401);
    }

    [Theory]
    [InlineData(0, "X-Api-Key", "TokenRequestsPerMinute")]
    [InlineData(1, "Authorization", "HeaderName")]
    [InlineData(1, "", "HeaderName")]
    public async Task Invalid_settings_of_API_keys_are_an_error_at_startup(int perMinute, string header, string expected)
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => AppService.StartAsync(apiKeys: options =>
            (options.TokenRequestsPerMinute, options.HeaderName) = (perMinute, header)));

        error.Message.ShouldContain(expected);
    }

    [Fact]
    public async Task A_stale_token_with_an_API_key_gets_the_stale_key_challenge()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        await using var other = await TestService.StartAsync(null, "acme");
        var stale = await other.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        using var response = await _service.GetAsync("/counted", ("X-Api-Key", key), ("Authorization", "Bearer " + stale));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"stale_key\"");
        _service.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_policy_with_both_schemes_refuses_credentials_of_different_callers()
    {
        await using var service = await AppService.StartAsync(configure: builder => builder.Services.AddAuthorizationBuilder()
            .SetDefaultPolicy(new AuthorizationPolicyBuilder("Rewt", "RewtApiKey").RequireAuthenticatedUser().Build()));
        var key = (await service.AddAcmeAsync()).Key;
        var bearer = await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        (await service.StatusAsync(key)).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync("/counted", ("Authorization", "Bearer " + bearer)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var calls = service.Calls;
        foreach (var apiKey in new[] { key, key[..^1], ApiKeyFormat.Create("missing") })
        {
            using var both = await service.GetAsync("/counted", ("Authorization", "Bearer " + bearer), ("X-Api-Key", apiKey));
            both.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            both.Headers.WwwAuthenticate.Count.ShouldBe(1);
        }

        service.Calls.ShouldBe(calls);
    }

    [Fact]
    public async Task An_API_key_is_valid_until_it_expires()
    {
        var clock = new TestClock();
        await using var service = await AppService.StartAsync(configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        var key = await service.AddAcmeAsync(expiresAt: clock.GetUtcNow().AddMilliseconds(2));
        var withoutExpiry = await service.AddAcmeAsync("never", expiresAt: DateTimeOffset.MaxValue);
        // The limit of two reads per second uses the fake clock, which does not advance by itself. If the two changes have caused two reads, a further read
        // for an unknown key would never start.
        await service.Services.GetRequiredService<TrustedAppProvider>().ReadNowAsync(Cancellation);
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        withoutExpiry.ExpiresAt.ShouldBeNull();

        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        using var expired = await service.GetAsync("/counted", "ApiKey " + key.Key);
        expired.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        expired.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_key");
        service.Calls.ShouldBe(2);
        (await service.StatusAsync(withoutExpiry.Key)).ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<ArgumentException>(async () => await service.AddAcmeAsync("late", expiresAt: clock.GetUtcNow()));
    }

    private static string WithChecksum(string key)
    {
        var body = key[..^8];
        var checksum = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(body))[..6]);
        var forged = body + checksum.Replace('+', '-').Replace('/', '_');
        ApiKeyFormat.AppIdOf(forged).ShouldBe("acme");
        return forged;
    }

    /// <summary>Lets the response cache store all responses.</summary>
    private sealed class CachingFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.UseResponseCaching();
            application.Use((context, following) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=60";
                return following(context);
            });
            next(application);
        };
    }

    /// <summary>Sets the header Vary before the endpoint runs.</summary>
    private sealed class VaryingFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Use((context, following) =>
            {
                if (context.Request.Query["vary"] is [var vary]) context.Response.Headers.Vary = vary;
                return following(context);
            });
            next(application);
        };
    }
}
