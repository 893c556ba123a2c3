namespace Rewt.Tests.Receiving;

/// <summary>Tests that a repeated token is not verified again, and is otherwise handled like the first time.</summary>
public sealed class VerifiedTokenTests
{
    [Fact]
    public async Task A_cached_token_is_not_verified_again_and_events_still_run()
    {
        var seen = new ConcurrentQueue<SecurityToken>();
        var received = 0;
        await using var receiver = await StartAsync(options =>
        {
            options.Events.OnMessageReceived = _ => AsTask(() => received++);
            options.Events.OnTokenValidated = context => AsTask(() => seen.Enqueue(context.SecurityToken));
        });
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        for (var i = 0; i < 5; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        received.ShouldBe(5);
        seen.Count.ShouldBe(5);
        seen.Distinct().Count().ShouldBe(2, "the token is cached at its second use, and later requests get the same instance");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_changes_its_user_affects_no_other_request(bool hasEvent)
    {
        await using var receiver = await StartAsync(
            options =>
            {
                if (hasEvent) options.Events.OnTokenValidated = _ => Task.CompletedTask;
            },
            application => application.MapGet("/change", async (HttpContext context) =>
            {
                var identity = (ClaimsIdentity)context.User.Identity!;
                var changed = identity.HasClaim(claim => claim.Type == "role") || identity.FindFirst("iss")!.Properties.Count > 0;
                identity.FindFirst("iss")!.Properties["note"] = "changed";
                identity.AddClaim(new Claim("role", "admin"));
                identity.TryRemoveClaim(identity.FindFirst("jti"));
                context.User.AddIdentity(new ClaimsIdentity("other"));
                var result = await context.AuthenticateAsync("Rewt");
                changed |= result.Properties!.Items.ContainsKey("mine");
                result.Properties.Items["mine"] = "yes";
                return changed || identity.Claims.Count() != 5 ? "changed" : "clean";
            }).RequireAuthorization());
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        for (var i = 0; i < 5; i++)
        {
            (await receiver.GetWithTokenAsync(token, "/change").TextAsync()).ShouldBe("clean");
        }
    }

    [Fact]
    public async Task A_cached_token_produces_the_same_authentication_ticket()
    {
        await using var receiver = await StartAsync(options => options.SaveToken = true, Tickets);
        await using var plain = await StartAsync(_ => { }, Tickets, receiver.Memory);
        var token = HandmadeToken.Sign(receiver.Memory.Secret, new() { ["userId"] = "u-42", ["count"] = 7 });

        foreach (var host in new[] { receiver, plain })
        {
            var tickets = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                using var response = await host.GetWithTokenAsync(token, "/ticket");
                tickets.Add(await response.Content.ReadAsStringAsync(Cancellation));
            }

            tickets.Distinct().Count().ShouldBe(1);
            tickets[0].ShouldContain(".issued");
        }
    }

    [Fact]
    public async Task A_cached_token_is_refused_after_it_expires()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var receiver = await StartAsync(_ => { }, services: services => services.AddSingleton<TimeProvider>(time));
        var token = HandmadeToken.Sign(receiver.Memory.Secret);
        for (var i = 0; i < 3; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        time.Advance(TimeSpan.FromSeconds(61));
        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK, "the token is within the clock skew");
        time.Advance(TimeSpan.FromSeconds(30));

        using var late = await receiver.GetWithTokenAsync(token);
        late.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        late.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"expired\"");
    }

    [Fact]
    public async Task A_cached_token_is_refused_after_its_key_is_revoked()
    {
        await using var receiver = await StartAsync(_ => { });
        var ring = receiver.Services.GetRequiredService<IRewtKeyRing>();
        var token = HandmadeToken.Sign(receiver.Memory.Secret);
        for (var i = 0; i < 3; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        await ring.RevokeAsync(receiver.Memory.Secret.KeyId.ToString(), Cancellation);

        using var refused = await receiver.GetWithTokenAsync(token);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"stale_key\"");
    }

    [Fact]
    public async Task A_request_that_starts_after_a_local_revocation_is_refused()
    {
        await using var receiver = await StartAsync(_ => { });
        var ring = receiver.Services.GetRequiredService<IRewtKeyRing>();
        for (var round = 0; round < 20; round++)
        {
            var tokens = receiver.Services.GetRequiredService<IRewtTokens>();
            var token = await tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
            var keyId = new JsonWebToken(token).Kid;
            using var stop = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested) await receiver.CallAsync(token).StatusAsync();
            })).ToList();

            await ring.RevokeAsync(keyId, Cancellation);
            for (var i = 0; i < 5; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

            await stop.CancelAsync();
            await Task.WhenAll(callers);
        }
    }

    [Fact]
    public async Task A_token_that_differs_in_one_character_from_a_cached_token_is_refused()
    {
        await using var receiver = await StartAsync(_ => { });
        var token = HandmadeToken.Sign(receiver.Memory.Secret);
        for (var i = 0; i < 3; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        for (var at = 0; at < token.Length; at++)
        {
            var other = string.Concat(token.AsSpan(0, at), token[at] == 'A' ? "B" : "A", token.AsSpan(at + 1));
            (await receiver.CallAsync(other).StatusAsync()).ShouldNotBe(HttpStatusCode.OK, other);
        }

        (await receiver.CallAsync(token + "A").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await receiver.CallAsync(token[..^1]).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_invalid_token_is_refused_at_each_attempt()
    {
        await using var receiver = await StartAsync(_ => { });
        var forged = HandmadeToken.Sign(receiver.Memory.Secret)[..^4] + "AAAA";
        var elsewhere = HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "shipping" });

        for (var i = 0; i < 5; i++)
        {
            (await receiver.CallAsync(forged).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
            (await receiver.CallAsync(elsewhere).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_token_verified_by_one_scheme_is_verified_again_by_another()
    {
        await using var receiver = await StartAsync(
            _ => { },
            application => application.MapGet("/users", () => "in")
                .RequireAuthorization(policy => policy.AddAuthenticationSchemes("Users").RequireAuthenticatedUser()),
            services: services => services.AddAuthentication().AddRewt("Users", options => options.Namespace = "users"));
        var token = HandmadeToken.Sign(receiver.Memory.Secret);
        for (var i = 0; i < 3; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);

        // All namespaces share one in-memory ring here, so only the audience of the scheme can be the reason for a refusal.
        var named = HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "rewt" });
        for (var i = 0; i < 3; i++) (await receiver.CallAsync(named).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await receiver.GetWithTokenAsync(named, "/users").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task TokenValidated_is_called_again_for_a_token_that_it_refused()
    {
        var accept = false;
        await using var receiver = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            if (!accept) context.Fail("not today");
            return Task.CompletedTask;
        });
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        for (var i = 0; i < 3; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        accept = true;
        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        accept = false;
        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_IssuerValidator_of_the_application_is_called_for_each_request()
    {
        var calls = 0;
        var allowed = true;
        await using var receiver = await StartAsync(options => options.TokenValidationParameters.IssuerValidator = (issuer, _, _) =>
        {
            calls++;
            return allowed ? issuer : throw new SecurityTokenInvalidIssuerException("no longer");
        });
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        for (var i = 0; i < 4; i++) (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        allowed = false;

        (await receiver.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        calls.ShouldBe(5);
    }

    [Fact]
    public async Task The_security_token_given_to_events_does_not_contain_the_signing_key()
    {
        var keys = new ConcurrentQueue<SecurityKey?>();
        await using var receiver = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            keys.Enqueue(context.SecurityToken.SigningKey);
            return Task.CompletedTask;
        });
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        for (var i = 0; i < 3; i++) await receiver.CallAsync(token).StatusAsync();

        keys.ShouldBe([null, null, null]);
    }

    private static void Tickets(WebApplication application) => application.MapGet("/ticket", async (HttpContext context) =>
    {
        var result = await context.AuthenticateAsync("Rewt");
        var claims = result.Principal!.Claims.Select(claim => $"{claim.Type}={claim.Value}|{claim.ValueType}|{claim.Issuer}|{claim.OriginalIssuer}");
        var items = result.Properties!.Items.Select(item => $"{item.Key}={item.Value}").Order(StringComparer.Ordinal);
        var identity = (ClaimsIdentity)result.Principal.Identity!;
        return string.Join('\n', [.. claims, .. items, identity.GetType().Name, identity.NameClaimType, identity.RoleClaimType, identity.AuthenticationType, result.Ticket!.AuthenticationScheme]);
    });

    private static Task<TestService> StartAsync(
        Action<JwtBearerOptions> configure, Action<WebApplication>? map = null, SharedMemoryRing? ring = null, Action<IServiceCollection>? services = null) =>
        Receiver.StartAsync(
            collection =>
            {
                collection.Configure<JwtBearerOptions>("Rewt", options =>
                {
                    options.Events ??= new JwtBearerEvents();
                    configure(options);
                });
                services?.Invoke(collection);
            },
            map,
            ring);
}
