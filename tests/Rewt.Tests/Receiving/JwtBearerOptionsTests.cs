namespace Rewt.Tests.Receiving;

public sealed class JwtBearerOptionsTests
{
    [Fact]
    public async Task MessageReceived_may_bring_the_token_from_elsewhere()
    {
        await using var receiver = await StartAsync(options => options.Events.OnMessageReceived = context =>
        {
            context.Token = context.Request.Query["ticket"];
            return Task.CompletedTask;
        });

        using var good = await receiver.AskAsync(null, $"/secure?ticket={HandmadeToken.Sign(receiver.Memory.Secret)}");
        using var usual = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        usual.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task MessageReceived_may_answer_by_itself()
    {
        await using var receiver = await StartAsync(options => options.Events.OnMessageReceived = context =>
        {
            context.NoResult();
            return Task.CompletedTask;
        });

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task TokenValidated_may_replace_the_principal()
    {
        await using var receiver = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            context.Principal!.Identity!.Name.ShouldBe("orders");
            context.SecurityToken.Issuer.ShouldBe("orders");
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "somebody else")], "test", "name", "role"));
            return Task.CompletedTask;
        });

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).TextAsync()).ShouldContain("somebody else");
    }

    [Fact]
    public async Task TokenValidated_may_refuse()
    {
        await using var receiver = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            context.Fail("not today");
            return Task.CompletedTask;
        });

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // A bare challenge would say that there was no token, and a sender might take it for a Node service's.
        response.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"invalid\"");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_throws_is_heard_of_by_AuthenticationFailed_which_may_decide(bool isBefore)
    {
        Exception? heard = null;
        await using var receiver = await StartAsync(options =>
        {
            if (isBefore) options.Events.OnMessageReceived = _ => throw new InvalidOperationException("a look-up failed");
            else options.Events.OnTokenValidated = _ => throw new InvalidOperationException("a look-up failed");
            options.Events.OnAuthenticationFailed = context =>
            {
                heard = context.Exception;
                context.NoResult();
                return Task.CompletedTask;
            };
        });

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        heard.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("a look-up failed");
    }

    [Fact]
    public async Task A_challenge_with_parameters_of_the_applications_own_stays_well_formed()
    {
        await using var receiver = await StartAsync(options => options.Challenge = "Bearer realm=\"inventory\"");

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Timed(receiver.Memory.Secret, -200, -140));

        response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer realm=\"inventory\", error=\"invalid_token\"");
    }

    [Fact]
    public async Task MapInboundClaims_is_honoured_when_it_is_turned_on()
    {
        System.Security.Claims.ClaimsPrincipal? user = null;
        await using var receiver = await StartAsync(options =>
        {
            options.MapInboundClaims = true;
            options.Events.OnTokenValidated = context =>
            {
                user = context.Principal;
                return Task.CompletedTask;
            };
        });
        var token = await receiver.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync(
            "inventory", new Dictionary<string, object> { ["sub"] = "u-42" }, Cancellation);

        using var response = await receiver.GetWithTokenAsync(token);

        user!.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value.ShouldBe("u-42");
    }

    [Fact]
    public async Task AuthenticationFailed_hears_of_a_refusal_and_never_the_token()
    {
        Exception? heard = null;
        await using var receiver = await StartAsync(options => options.Events.OnAuthenticationFailed = context =>
        {
            heard = context.Exception;
            return Task.CompletedTask;
        });
        var token = HandmadeToken.Timed(receiver.Memory.Secret, -200, -140);

        (await receiver.GetWithTokenAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        heard.ShouldNotBeNull().ToString().ShouldContain("expired");
        heard.ToString().ShouldNotContain(token.Split('.')[2]);
    }

    [Fact]
    public async Task AuthenticationFailed_may_let_the_request_in()
    {
        await using var receiver = await StartAsync(options => options.Events.OnAuthenticationFailed = context =>
        {
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "guest")], "test", "name", "role"));
            context.Success();
            return Task.CompletedTask;
        });

        (await receiver.GetWithTokenAsync(HandmadeToken.Timed(receiver.Memory.Secret, -200, -140)).TextAsync()).ShouldContain("guest");
    }

    [Fact]
    public async Task Challenge_may_answer_by_itself()
    {
        await using var receiver = await StartAsync(options => options.Events.OnChallenge = context =>
        {
            context.Error.ShouldBe("invalid_token");
            context.AuthenticateFailure.ShouldNotBeNull();
            context.HandleResponse();
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Timed(receiver.Memory.Secret, -200, -140));

        response.StatusCode.ShouldBe((HttpStatusCode)StatusCodes.Status418ImATeapot);
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
    }

    [Fact]
    public async Task Challenge_may_say_more_but_nothing_that_breaks_the_header()
    {
        await using var receiver = await StartAsync(options => options.Events.OnChallenge = context =>
        {
            context.ErrorDescription = "a \"quoted\"\r\nline";
            context.ErrorUri = "https://example.com/why";
            return Task.CompletedTask;
        });

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Timed(receiver.Memory.Secret, -200, -140));

        response.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe(
            "Bearer error=\"invalid_token\", error_description=\"a ?quoted???line\", error_uri=\"https://example.com/why\", rewt_error=\"expired\"");
    }

    [Fact]
    public async Task Forbidden_runs_for_a_caller_who_is_not_allowed()
    {
        var heard = 0;
        await using var receiver = await Receiver.StartAsync(
            services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.Events = new JwtBearerEvents
            {
                OnForbidden = _ =>
                {
                    heard++;
                    return Task.CompletedTask;
                },
            }),
            application => application.MapGet("/none", () => "ok").RequireAuthorization(policy => policy.RequireAssertion(_ => false)));

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret), "/none");

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        heard.ShouldBe(1);
    }

    [Fact]
    public async Task EventsType_comes_from_the_container()
    {
        await using var receiver = await Receiver.StartAsync(services => services
            .AddScoped<RenamingEvents>()
            .Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.EventsType = typeof(RenamingEvents)));

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).TextAsync()).ShouldContain("renamed");
    }

    [Fact]
    public async Task The_caller_is_the_issuer_unless_the_application_says_otherwise()
    {
        await using var plain = await Receiver.StartAsync();
        await using var renamed = await StartAsync(options => options.TokenValidationParameters.NameClaimType = "userId");

        using var issuer = await plain.GetWithTokenAsync(HandmadeToken.Sign(plain.Memory.Secret, new() { ["userId"] = "u-42" }));
        using var user = await renamed.GetWithTokenAsync(HandmadeToken.Sign(renamed.Memory.Secret, new() { ["userId"] = "u-42" }));

        (await issuer.Content.ReadAsStringAsync(Cancellation)).ShouldBe("orders");
        (await user.Content.ReadAsStringAsync(Cancellation)).ShouldBe("u-42");
    }

    [Fact]
    public async Task Issuers_and_audiences_that_the_application_names_are_the_only_ones()
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
    public async Task A_service_takes_tokens_for_itself_and_for_the_namespace()
    {
        await using var receiver = await Receiver.StartAsync();

        (await RefusalAsync(receiver, "orders", "inventory")).ShouldBe("");
        (await RefusalAsync(receiver, "orders", "rewt")).ShouldBe("");
        (await RefusalAsync(receiver, "orders", "Inventory")).ShouldContain("rewt_error=\"bad_audience\"");
    }

    [Fact]
    public async Task Details_are_left_out_where_JwtBearer_is_told_to()
    {
        await using var receiver = await StartAsync(options => options.IncludeErrorDetails = false);

        using var response = await receiver.GetWithTokenAsync(HandmadeToken.Timed(receiver.Memory.Secret, -200, -140));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task The_token_is_saved_where_asked()
    {
        await using var receiver = await Receiver.StartAsync(
            services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options => options.SaveToken = true),
            application => application.MapGet("/token", (HttpContext context, CancellationToken _) => context.GetTokenAsync("access_token")).RequireAuthorization());
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        (await receiver.GetWithTokenAsync(token, "/token").TextAsync()).ShouldBe(token);
    }

    private static Task<TestService> StartAsync(Action<JwtBearerOptions> configure) => Receiver.StartAsync(
        services => services.Configure<JwtBearerOptions>(RewtDefaults.AuthenticationScheme, options =>
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
        public override Task TokenValidated(TokenValidatedContext context)
        {
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "renamed")], "test", "name", "role"));
            return Task.CompletedTask;
        }
    }
}
