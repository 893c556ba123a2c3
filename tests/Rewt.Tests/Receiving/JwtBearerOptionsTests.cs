namespace Rewt.Tests.Receiving;

public sealed class JwtBearerOptionsTests
{
    private static readonly Dictionary<string, (Action<JwtBearerOptions> Change, bool HasExpired, int Status, string Expected)> Changes = new(StringComparer.Ordinal)
    {
        ["nothing is changed"] = (_ => { }, false, 200, "orders"),
        ["another claim is the name claim"] = (options => options.TokenValidationParameters.NameClaimType = "userId", false, 200, "u-42"),
        ["inbound claims are mapped"] = (options =>
        {
            options.MapInboundClaims = true;
            options.TokenValidationParameters.NameClaimType = ClaimTypes.NameIdentifier;
        }, false, 200, "a-subject"),
        ["MessageReceived returns no result"] = (options => options.Events.OnMessageReceived = context => AsTask(context.NoResult), false, 401, "Bearer"),
        ["TokenValidated replaces the principal"] = (options => options.Events.OnTokenValidated = context =>
        {
            context.Principal!.Identity!.Name.ShouldBe("orders");
            context.SecurityToken.Issuer.ShouldBe("orders");
            return AsTask(() => context.Principal = Named("another user"));
        }, false, 200, "another user"),
        // A bare challenge would mean that there was no token, and a sender could confuse it with that of a Node service.
        ["TokenValidated fails the authentication"] = (options => options.Events.OnTokenValidated = context => AsTask(() => context.Fail("not today")), false, 401, Challenge("The token is not valid", "invalid")),
        ["events come from the container"] = (options => options.EventsType = typeof(RenamingEvents), false, 200, "renamed"),
        ["AuthenticationFailed sets a principal"] = (options => options.Events.OnAuthenticationFailed = context =>
        {
            context.Principal = Named("guest");
            return AsTask(context.Success);
        }, true, 200, "guest"),
        ["Challenge handles the response"] = (options => options.Events.OnChallenge = context =>
        {
            context.Error.ShouldBe("invalid_token");
            context.AuthenticateFailure.ShouldNotBeNull();
            context.HandleResponse();
            return AsTask(() => context.Response.StatusCode = StatusCodes.Status418ImATeapot);
        }, true, 418, ""),
        ["Challenge adds text with characters that a header cannot contain"] = (options => options.Events.OnChallenge = context =>
        {
            context.ErrorDescription = "a \"quoted\"\r\nline";
            return AsTask(() => context.ErrorUri = "https://example.com/why");
        }, true, 401, "Bearer error=\"invalid_token\", error_description=\"a ?quoted???line\", error_uri=\"https://example.com/why\", rewt_error=\"expired\""),
        ["AuthenticationFailed clears the failure"] = (options => options.Events.OnAuthenticationFailed = context => AsTask(context.NoResult), true, 401, "Bearer"),
        ["Challenge describes a request without a failure"] = (options =>
        {
            options.Events.OnMessageReceived = context => AsTask(context.NoResult);
            options.Events.OnChallenge = context => AsTask(() => (context.ErrorDescription, context.ErrorUri) = ("Log in first", "https://example.com/login"));
        }, false, 401, "Bearer error_description=\"Log in first\", error_uri=\"https://example.com/login\""),
        ["Challenge removes the error"] = (options => options.Events.OnChallenge = context => AsTask(() => (context.Error, context.ErrorDescription) = (null, "")), true, 401, "Bearer rewt_error=\"expired\""),
        ["MessageReceived sets an empty token"] = (options => options.Events.OnMessageReceived = context => AsTask(() => context.Token = ""), false, 200, "orders"),
        ["the challenge has parameters"] = (options => options.Challenge = "Bearer realm=\"inventory\"", true, 401, Challenge("The token has expired", "expired", "realm=\"inventory\", ")),
        ["details are left out"] = (options => options.IncludeErrorDetails = false, true, 401, "Bearer"),
    };

    public static TheoryData<string> ChangeNames => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(ChangeNames))]
    public async Task A_change_of_JwtBearerOptions_by_the_application_takes_effect(string name)
    {
        var (change, hasExpired, status, expected) = Changes[name];
        await using var receiver = await StartAsync(change);
        var token = hasExpired
            ? HandmadeToken.Timed(receiver.Memory.Secret, -200, -140)
            : HandmadeToken.Sign(receiver.Memory.Secret, new() { ["userId"] = "u-42", ["sub"] = "a-subject" });

        using var response = await receiver.GetWithTokenAsync(token);

        response.StatusCode.ShouldBe((HttpStatusCode)status);
        var challenge = response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values.ToString() : "";
        (challenge + await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe(expected);
    }

    [Fact]
    public async Task MessageReceived_can_take_the_token_from_the_query_string()
    {
        await using var receiver = await StartAsync(options => options.Events.OnMessageReceived = context =>
        {
            context.Token = context.Request.Query["ticket"];
            return Task.CompletedTask;
        });

        using var fromQuery = await receiver.AskAsync(null, $"/secure?ticket={HandmadeToken.Sign(receiver.Memory.Secret)}");
        using var fromHeader = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        fromQuery.StatusCode.ShouldBe(HttpStatusCode.OK);
        fromHeader.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AuthenticationFailed_receives_the_exception_of_another_event_and_can_handle_it(bool isBefore)
    {
        Exception? raised = null;
        await using var receiver = await StartAsync(options =>
        {
            if (isBefore) options.Events.OnMessageReceived = _ => throw new InvalidOperationException("a query failed");
            else options.Events.OnTokenValidated = _ => throw new InvalidOperationException("a query failed");
            options.Events.OnAuthenticationFailed = context =>
            {
                raised = context.Exception;
                context.NoResult();
                return Task.CompletedTask;
            };
        });

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        raised.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("a query failed");
    }

    [Theory]
    [InlineData("exp", -140, typeof(SecurityTokenExpiredException))]
    [InlineData("nbf", 400, typeof(SecurityTokenNotYetValidException))]
    [InlineData("aud", null, typeof(SecurityTokenInvalidAudienceException))]
    [InlineData("iss", null, typeof(SecurityTokenValidationException))]
    [InlineData("kid", null, typeof(SecurityTokenSignatureKeyNotFoundException))]
    public async Task AuthenticationFailed_receives_the_exception_type_of_JwtBearer_without_the_token(string claim, int? seconds, Type expected)
    {
        Exception? raised = null;
        await using var receiver = await StartAsync(options => options.Events.OnAuthenticationFailed = context => AsTask(() => raised = context.Exception));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var changes = new Dictionary<string, object?> { ["iat"] = now - 200, ["exp"] = now + 60, [claim] = seconds is { } by ? now + by : "another" };
        if (claim == "iss") changes["iss"] = 7;

        var token = HandmadeToken.Sign(claim == "kid" ? Ring.Rings.Secret("another") : receiver.Memory.Secret, changes);

        (await receiver.GetWithTokenAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);

        raised.ShouldBeOfType(expected);
        raised.ToString().ShouldNotContain(token.Split('.')[2]);
    }

    [Fact]
    public async Task The_Forbidden_event_runs_for_a_caller_without_permission()
    {
        var calls = 0;
        await using var receiver = await Receiver.StartAsync(
            services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnForbidden = _ => AsTask(() => calls++),
            }),
            application => application.MapGet("/none", () => "ok").RequireAuthorization(policy => policy.RequireAssertion(_ => false)));

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret), "/none");

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_ValidIssuers_and_ValidAudiences_of_the_application_are_accepted()
    {
        await using var receiver = await StartAsync(options =>
        {
            options.TokenValidationParameters.ValidIssuers = ["orders", "billing"];
            options.TokenValidationParameters.ValidAudiences = ["warehouse", "depot"];
        });

        (await RefusalAsync(receiver, "billing", "depot")).ShouldBe("");
        (await RefusalAsync(receiver, "payments", "depot")).ShouldContain("rewt_error=\"invalid\"");
        (await RefusalAsync(receiver, "orders", "inventory")).ShouldContain("rewt_error=\"bad_audience\"");
        (await RefusalAsync(receiver, "orders", "rewt")).ShouldContain("rewt_error=\"bad_audience\"");
    }

    [Fact]
    public async Task ValidIssuers_and_ValidAudiences_that_a_later_PostConfigure_sets_are_enforced()
    {
        await using var receiver = await Receiver.StartAsync(services => services.PostConfigure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options =>
        {
            options.TokenValidationParameters.ValidIssuers = ["orders", "billing"];
            options.TokenValidationParameters.ValidAudiences = ["warehouse"];
        }));

        (await RefusalAsync(receiver, "billing", "warehouse")).ShouldBe("");
        (await RefusalAsync(receiver, "payments", "warehouse")).ShouldContain("rewt_error=\"invalid\"");
        (await RefusalAsync(receiver, "orders", "inventory")).ShouldContain("rewt_error=\"bad_audience\"");
    }

    [Fact]
    public async Task TokenValidationParameters_that_a_later_PostConfigure_replaces_have_the_defaults_of_Rewt()
    {
        await using var receiver = await Receiver.StartAsync(
            services => services.PostConfigure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.TokenValidationParameters = new TokenValidationParameters()),
            application => application.MapGet("/admins", (ClaimsPrincipal user) => user.Identity?.Name).RequireCaller("orders").RequireAuthorization(policy => policy.RequireRole("admin")));

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["role"] = "admin" }), "/admins").TextAsync()).ShouldBe("orders");
    }

    [Fact]
    public async Task IssuerValidatorUsingConfiguration_of_the_application_is_called()
    {
        await using var receiver = await StartAsync(options => options.TokenValidationParameters.IssuerValidatorUsingConfiguration = (issuer, _, _, _) =>
            issuer == "orders" ? issuer : throw new SecurityTokenInvalidIssuerException("not this one"));

        (await RefusalAsync(receiver, "orders", "inventory")).ShouldBe("");
        (await RefusalAsync(receiver, "payments", "inventory")).ShouldContain("rewt_error=\"invalid\"");
    }

    public static TheoryData<string> UnsupportedOptionNames => [.. UnsupportedOptions.Keys];

    private static readonly Dictionary<string, Action<JwtBearerOptions>> UnsupportedOptions = new(StringComparer.Ordinal)
    {
        ["TokenHandlers"] = options => options.TokenHandlers.Add(new JsonWebTokenHandler()),
        ["UseSecurityTokenValidators"] = options => options.UseSecurityTokenValidators = true,
        ["TokenValidationParameters.AlgorithmValidator"] = options => options.TokenValidationParameters.AlgorithmValidator = (_, _, _, _) => false,
        ["TokenValidationParameters.ValidAlgorithms"] = options => options.TokenValidationParameters.ValidAlgorithms = ["ES256"],
        ["TokenValidationParameters.AudienceValidator"] = options => options.TokenValidationParameters.AudienceValidator = (_, _, _) => false,
        ["TokenValidationParameters.LifetimeValidator"] = options => options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) => false,
        ["TokenValidationParameters.SignatureValidator"] = options => options.TokenValidationParameters.SignatureValidator = (_, _) => null!,
        ["TokenValidationParameters.SignatureValidatorUsingConfiguration"] = options => options.TokenValidationParameters.SignatureValidatorUsingConfiguration = (_, _, _) => null!,
        ["TokenValidationParameters.TokenReader"] = options => options.TokenValidationParameters.TokenReader = (_, _) => null!,
        ["TokenValidationParameters.ClockSkew"] = options => options.TokenValidationParameters.ClockSkew = TimeSpan.Zero,
        ["TokenValidationParameters.ValidateLifetime"] = options => options.TokenValidationParameters.ValidateLifetime = false,
        ["TokenValidationParameters.RequireExpirationTime"] = options => options.TokenValidationParameters.RequireExpirationTime = false,
        ["TokenValidationParameters.TokenDecryptionKey"] = options => options.TokenValidationParameters.TokenDecryptionKey = new SymmetricSecurityKey(new byte[32]),
        ["TokenValidationParameters.TokenDecryptionKeys"] = options => options.TokenValidationParameters.TokenDecryptionKeys = [new SymmetricSecurityKey(new byte[32])],
        ["TokenValidationParameters.TokenDecryptionKeyResolver"] = options => options.TokenValidationParameters.TokenDecryptionKeyResolver = (_, _, _, _) => [],
    };

    [Theory]
    [MemberData(nameof(UnsupportedOptionNames))]
    public async Task A_validation_option_that_would_have_no_effect_stops_the_start(string option)
    {
        var error = await Should.ThrowAsync<OptionsValidationException>(() => StartAsync(UnsupportedOptions[option]));

        error.Message.ShouldContain($"JwtBearerOptions.{option} of the scheme 'Rewt'");
    }

    [Theory]
    [InlineData("TokenValidationParameters.ClockSkew", "set Rewt:ClockSkew instead")]
    [InlineData("TokenValidationParameters.RequireExpirationTime", "Rewt:RequiredClaims")]
    [InlineData("TokenValidationParameters.LifetimeValidator", "OnTokenValidated")]
    public async Task The_error_of_an_option_without_effect_names_the_setting_to_use_instead(string option, string instead)
    {
        var error = await Should.ThrowAsync<OptionsValidationException>(() => StartAsync(UnsupportedOptions[option]));

        error.Message.ShouldContain(instead);
    }

    // For any section of a scheme, ASP.NET Core sets ValidateAudience to false unless the section contains an audience.
    [Fact]
    public async Task A_configuration_section_of_the_scheme_without_audiences_does_not_stop_the_start()
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder => builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory"),
            null,
            new(StringComparer.Ordinal) { ["Authentication:Schemes:Rewt:SaveToken"] = "true" });

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "billing" })).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(false, null, "role")]
    [InlineData(true, null, "role")]
    [InlineData(true, null, "roles")]
    [InlineData(false, "position", "position")]
    [InlineData(true, "position", "position")]
    public async Task RequireRole_finds_the_roles_of_a_token_with_and_without_MapInboundClaims(bool isMapping, string? roleClaimType, string claim)
    {
        await using var receiver = await Receiver.StartAsync(
            services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options =>
            {
                options.MapInboundClaims = isMapping;
                if (roleClaimType is not null) options.TokenValidationParameters.RoleClaimType = roleClaimType;
            }),
            application => application.MapGet("/admins", () => "ok").RequireAuthorization(policy => policy.RequireRole("admin")));

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { [claim] = "admin" }), "/admins").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { [claim] = "reader" }), "/admins").StatusAsync()).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task SaveToken_makes_the_token_available_to_the_endpoint()
    {
        await using var receiver = await Receiver.StartAsync(
            services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.SaveToken = true),
            application => application.MapGet("/token", (HttpContext context, CancellationToken _) => context.GetTokenAsync("access_token")).RequireAuthorization());
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        (await receiver.GetWithTokenAsync(token, "/token").TextAsync()).ShouldBe(token);
    }

    private static ClaimsPrincipal Named(string name) => new(new ClaimsIdentity([new Claim("name", name)], "test", "name", "role"));

    private static string Challenge(string description, string reason, string parameters = "") =>
        $"Bearer {parameters}error=\"invalid_token\", error_description=\"{description}\", rewt_error=\"{reason}\"";

    private static Task<TestService> StartAsync(Action<JwtBearerOptions> configure) => Receiver.StartAsync(
        services => services.AddScoped<RenamingEvents>().Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options =>
        {
            options.Events ??= new JwtBearerEvents();
            configure(options);
        }));

    private static async Task<string> RefusalAsync(TestService receiver, string issuer, string audience)
    {
        using var response = await receiver.GetWithTokenAsync(
            HandmadeToken.Sign(receiver.Memory.Secret, new() { ["iss"] = issuer, ["aud"] = audience }));
        return response.Headers.WwwAuthenticate.ToString();
    }

    private sealed class RenamingEvents : JwtBearerEvents
    {
        public override Task TokenValidated(TokenValidatedContext context) => AsTask(() => context.Principal = Named("renamed"));
    }
}
