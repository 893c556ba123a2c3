using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.Apps;

/// <summary>What a service takes for an API key over the wire, and what not.</summary>
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
    public async Task A_key_is_accepted_in_either_header(string header, string prefix)
    {
        var key = await _service.AddAcmeAsync();

        using var response = await _service.GetAsync("/counted", (header, prefix + key.Key));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("app:acme");
    }

    [Fact]
    public async Task A_key_that_is_not_right_to_the_letter_is_refused_and_the_endpoint_never_runs()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        var other = (await _service.AddAcmeAsync("other")).Key;
        var revoked = await _service.AddAcmeAsync("revoked");
        (await _service.StatusAsync(revoked.Key)).ShouldBe(HttpStatusCode.OK);
        await _service.Apps.RevokeAsync("revoked", Cancellation);
        var forElsewhere = (await _service.AddAcmeAsync("elsewhere", ["inventory"])).Key;
        var calls = _service.Calls;
        string[] bad =
        [
            string.Empty, " ", "x", key[..^1], key[..20], key[1..], key + "A", key.ToUpperInvariant(), key.ToLowerInvariant(), new string('A', 10_240), key + new string('A', 10_240),
            key + " " + key, key + "," + key, key + ".", "rewt_acme_", "rewt__" + key[10..], ApiKeyFormat.Create("acme"), ApiKeyFormat.Create("missing"),
            // Another app's key under this app's name: with the checksum as it was, and with the right one.
            "rewt_acme" + other["rewt_other".Length..], WithChecksum("rewt_acme" + other["rewt_other".Length..]), revoked.Key, forElsewhere, $"\"{key}\"", "Bearer " + key,
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
    public async Task A_key_in_the_query_a_cookie_or_as_a_bearer_token_is_ignored()
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
    public async Task A_key_that_is_shown_twice_is_refused_even_if_it_is_right()
    {
        var key = (await _service.AddAcmeAsync()).Key;
        (string, string)[][] twice =
        [
            [("X-Api-Key", key), ("Authorization", "ApiKey " + key)],
            [("X-Api-Key", key), ("X-Api-Key", key)],
            [("Authorization", "ApiKey " + key), ("Authorization", "ApiKey " + key)],
            [("Authorization", "ApiKey " + key), ("Authorization", "Basic eA==")],
            [("X-Api-Key", key), ("X-Api-Key", "x")],
            [("X-Api-Key", string.Empty), ("Authorization", "ApiKey " + key)],
            .. OtherCredentials.Select(other => new[] { ("X-Api-Key", key), ("Authorization", other) }),
        ];
        foreach (var headers in twice)
        {
            // HttpClient joins values of one name; a raw request keeps the lines apart.
            var status = await RawRequest.StatusAsync(_service.Address, "/counted", headers);
            status.ShouldBe(401);
        }

        _service.Calls.ShouldBe(0);
        (await RawRequest.StatusAsync(_service.Address, "/counted", ("X-Api-Key", key))).ShouldBe(200);
    }

    [Fact]
    public async Task A_flood_of_refused_keys_and_trades_fills_one_line_a_second_for_each_reason()
    {
        for (var call = 0; call < 100; call++)
        {
            (await _service.StatusAsync("rewt_acme_wrong")).ShouldBe(HttpStatusCode.Unauthorized);
            (await _service.Http.PostAsync(new Uri("/token", UriKind.Relative), new FormUrlEncodedContent([]), Cancellation)).Dispose();
        }

        foreach (var name in new[] { "ApiKeyRefused", "AppTokenRefused" }) Events(name).Count().ShouldBeInRange(1, 50, name);
        await Eventually.TrueAsync(async () => await _service.StatusAsync("rewt_acme_wrong") == HttpStatusCode.Unauthorized && Events("ApiKeyRefused").Count() > 1, "the next line follows");
        Events("ApiKeyRefused").Last().ShouldNotContain("last such event: 0.");

        IEnumerable<string> Events(string name) => _service.Log.Text.Split('\n').Where(line => line.Contains($" {name}:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_and_a_key_must_be_of_one_caller()
    {
        var acme = (await _service.AddAcmeAsync(scopes: ["read", "write"])).Key;
        var other = (await _service.AddAcmeAsync("other")).Key;
        var token = await TokenRequests.TokenAsync(_service, "acme", acme, ("scope", "write"));
        var services = await _service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);
        var calls = _service.Calls;

        foreach (var (key, bearer) in new[] { (other, token), (acme, services), (acme, token[..^2]), (acme, "a.b.c"), (acme, "x"), (acme[..^1], token), (acme[..^1], services), (string.Empty, services) })
        {
            using var refused = await _service.GetAsync("/counted", ("X-Api-Key", key), ("Authorization", "Bearer " + bearer));
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        _service.Calls.ShouldBe(calls);
        using var agreed = await _service.GetAsync("/counted", ("X-Api-Key", acme), ("Authorization", "Bearer " + token));
        agreed.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var narrowed = await _service.GetAsync("/readers", ("X-Api-Key", acme), ("Authorization", "Bearer " + token));
        narrowed.StatusCode.ShouldBe(HttpStatusCode.Forbidden, "the token has fewer scopes than the key");
    }

    [Fact]
    public async Task Two_keys_of_an_app_live_side_by_side_and_a_third_must_wait()
    {
        var first = await _service.AddAcmeAsync();
        var second = await _service.Apps.RotateAsync("acme", cancellationToken: Cancellation);

        (await _service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.OK);
        (await _service.StatusAsync(second.Key)).ShouldBe(HttpStatusCode.OK);
        (await Should.ThrowAsync<InvalidOperationException>(() => _service.Apps.RotateAsync("acme", cancellationToken: Cancellation))).Message.ShouldContain("RevokeKeyAsync");
        (await Should.ThrowAsync<InvalidOperationException>(() => _service.AddAcmeAsync())).Message.ShouldContain("RotateAsync");

        (await _service.Apps.RevokeKeyAsync("acme", first.KeyId, Cancellation)).ShouldBeTrue();
        (await _service.StatusAsync(first.Key)).ShouldBe(HttpStatusCode.Unauthorized, "who revokes it here need not wait");
        (await _service.StatusAsync(second.Key)).ShouldBe(HttpStatusCode.OK);
        var third = await _service.Apps.RotateAsync("acme", cancellationToken: Cancellation);
        (await _service.StatusAsync(third.Key)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_list_shows_everything_but_the_key()
    {
        var made = await _service.AddAcmeAsync(scopes: ["read"]);
        await _service.Apps.UpdateAsync(new RewtApp("acme") { Name = "Acme 2", Owner = "new@acme.example", Audiences = ["orders", "inventory"] }, Cancellation);

        var app = (await _service.Apps.ListAsync(Cancellation)).Single();

        (app.Id, app.Name, app.Owner).ShouldBe(("acme", "Acme 2", "new@acme.example"));
        app.Audiences.ShouldBe(["orders", "inventory"]);
        app.Scopes.ShouldBeEmpty();
        app.Keys.Single().KeyId.ShouldBe(made.KeyId);
        app.Keys.Single().RevokedAt.ShouldBeNull();
        app.Keys.Single().ExpiresAt!.Value.ShouldBe(made.ExpiresAt!.Value, TimeSpan.FromSeconds(1));
        $"{made}".ShouldNotContain(made.Key);
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
    public async Task A_malformed_app_is_refused_with_the_fix(string id, string? audience, string scope, string named)
    {
        var app = new RewtApp(id) { Audiences = audience is null ? [] : [audience], Scopes = [scope] };

        var error = await Should.ThrowAsync<ArgumentException>(async () => await _service.Apps.AddAsync(app, cancellationToken: Cancellation));

        error.Message.ShouldContain(named);
    }

    [Fact]
    public async Task No_log_of_the_service_holds_a_key()
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
    public async Task API_keys_alone_need_no_other_scheme()
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
        (await RawRequest.StatusAsync(service.Address, "/", ("X-Api-Key", key))).ShouldBe(401, "the header was turned off");
        (await RawRequest.StatusAsync(service.Address, "/")).ShouldBe(401);
    }

    [Theory]
    [InlineData(0, "X-Api-Key", "TokenRequestsPerMinute")]
    [InlineData(1, "Authorization", "HeaderName")]
    [InlineData(1, "", "HeaderName")]
    public async Task Settings_that_cannot_be_are_an_error_at_the_start(int perMinute, string header, string named)
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => AppService.StartAsync(apiKeys: options =>
            (options.TokenRequestsPerMinute, options.HeaderName) = (perMinute, header)));

        error.Message.ShouldContain(named);
    }

    [Fact]
    public async Task A_stale_token_beside_a_key_gets_the_challenge_of_a_stale_token()
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
    public async Task A_policy_that_names_both_schemes_sees_no_token_and_key_that_disagree()
    {
        await using var service = await AppService.StartAsync(configure: builder => builder.Services.AddAuthorizationBuilder()
            .SetDefaultPolicy(new AuthorizationPolicyBuilder("Rewt", "RewtApiKey").RequireAuthenticatedUser().Build()));
        var key = (await service.AddAcmeAsync()).Key;
        var bearer = await service.Tokens.CreateBearerAsync("orders", cancellationToken: Cancellation);

        (await service.StatusAsync(key)).ShouldBe(HttpStatusCode.OK);
        (await service.GetAsync("/counted", ("Authorization", "Bearer " + bearer)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        var calls = service.Calls;
        foreach (var shown in new[] { key, key[..^1], ApiKeyFormat.Create("missing") })
        {
            using var both = await service.GetAsync("/counted", ("Authorization", "Bearer " + bearer), ("X-Api-Key", shown));
            both.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            both.Headers.WwwAuthenticate.Count.ShouldBe(1);
        }

        service.Calls.ShouldBe(calls);
    }

    [Fact]
    public async Task A_key_dies_at_its_expiry()
    {
        var clock = new FixedClock();
        await using var service = await AppService.StartAsync(configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        var key = await service.AddAcmeAsync(expiresAt: FixedClock.Now.AddMilliseconds(1));
        var never = await service.AddAcmeAsync("never", expiresAt: DateTimeOffset.MaxValue);
        (await service.StatusAsync(key.Key)).ShouldBe(HttpStatusCode.OK);
        never.ExpiresAt.ShouldBeNull();

        var at = FixedClock.Now.AddMilliseconds(1).ToUnixTimeMilliseconds();
        var stored = new AppKey("x", new byte[32], 0, at, null);
        stored.IsLive(at - 1).ShouldBeTrue();
        stored.IsLive(at).ShouldBeFalse();
        await Should.ThrowAsync<ArgumentException>(async () => await service.AddAcmeAsync("late", expiresAt: FixedClock.Now));
    }

    private static string WithChecksum(string key)
    {
        var body = key[..^8];
        var checksum = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(body))[..6]);
        var forged = body + checksum.Replace('+', '-').Replace('/', '_');
        ApiKeyFormat.AppIdOf(forged).ShouldBe("acme");
        return forged;
    }
}
