using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Rewt.Tests.Receiving;

public sealed class RegistrationTests
{
    public static TheoryData<string> Forms => ["none", "action", "section", "builder"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Each_registration_method_configures_a_receiver(string form)
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder =>
            {
                _ = form switch
                {
                    "none" => builder.Services.AddRewtAuthentication(),
                    "action" => builder.Services.AddRewtAuthentication(options => options.ServiceName = "from-code"),
                    "section" => builder.Services.AddRewtAuthentication(builder.Configuration.GetSection("Elsewhere")),
                    _ => builder.Services.AddAuthorization().AddAuthentication().AddRewt(),
                };
            },
            null,
            new() { ["Rewt:ServiceName"] = "from-config", ["Elsewhere:ServiceName"] = "from-section" });
        var name = form switch { "action" => "from-code", "section" => "from-section", _ => "from-config" };

        using var called = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = name }));
        using var another = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "another" }));
        using var anonymous = await receiver.AskAsync(null);
        using var open = await receiver.AskAsync(null, "/open");

        called.StatusCode.ShouldBe(HttpStatusCode.OK);
        another.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        open.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("services.AddRewt();", true)]
    [InlineData("services.AddRewt(options => options.ServiceName = \"orders\");", true)]
    [InlineData("services.AddRewt(new Microsoft.Extensions.Configuration.ConfigurationManager());", true)]
    [InlineData("services.AddRewt(\"Users\");", true)]
    [InlineData("services.AddRewt(\"Users\", options => options.ServiceName = \"orders\");", true)]
    [InlineData("services.AddRewt(\"Users\", new Microsoft.Extensions.Configuration.ConfigurationManager());", true)]
    [InlineData("services.AddAuthentication().AddRewt(\"Users\");", false)]
    [InlineData("services.AddAuthentication().AddRewt(\"Users\", new Microsoft.Extensions.Configuration.ConfigurationManager());", false)]
    [InlineData("services.AddAuthentication().AddRewt();", false)]
    [InlineData("services.AddAuthentication().AddRewt(options => options.ServiceName = \"orders\");", false)]
    public void AddRewt_on_the_services_does_not_compile_and_the_error_names_the_methods_to_call(string call, bool isError)
    {
        var program = $"using Microsoft.Extensions.DependencyInjection; IServiceCollection services = new ServiceCollection(); {call}";

        var errors = CSharpCompilation.Create("Program", [CSharpSyntaxTree.ParseText(program, cancellationToken: Cancellation)], Docs.CodeBlockTests.References.Value)
            .GetDiagnostics(Cancellation)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture));

        if (!isError) errors.ShouldBeEmpty();
        else errors.ShouldHaveSingleItem().ShouldContain("call services.AddRewtAuthentication(). In a program that only sends calls, call services.AddRewtKeys().");
    }

    [Fact]
    public async Task A_default_scheme_of_the_application_is_not_replaced()
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder =>
            {
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory").AddCookie();
                builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme);
            },
            application => application.MapGet("/signed", () => "ok").RequireAuthorization(policy => policy
                .AddAuthenticationSchemes(RewtDefaults.AuthenticationScheme).RequireAuthenticatedUser()),
            []);
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        var schemes = receiver.Services.GetRequiredService<IAuthenticationSchemeProvider>();
        (await schemes.GetDefaultAuthenticateSchemeAsync())!.Name.ShouldBe(CookieAuthenticationDefaults.AuthenticationScheme);
        (await receiver.GetWithTokenAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.Redirect);
        (await receiver.GetWithTokenAsync(token, "/signed").StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_Rewt_scheme_is_the_default_if_the_application_sets_none()
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder => builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory").AddCookie(), null, []);

        (await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret)).StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Registering_authentication_twice_has_no_further_effect()
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder =>
            {
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "first").AddRewt();
                builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
            },
            null,
            []);

        using var good = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));
        using var anonymous = await receiver.AskAsync(null);

        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        anonymous.Headers.NonValidated["WWW-Authenticate"].Count.ShouldBe(1);
        receiver.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>()
            .Select(service => service.GetType()).Where(type => type.Assembly == typeof(RewtOptions).Assembly).ShouldBeUnique();
    }

    [Theory]
    [InlineData("section")]
    [InlineData("delegate")]
    public void MapInboundClaims_of_the_application_is_kept_regardless_of_the_order_of_the_schemes(string source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (source == "section") builder.Configuration["Authentication:Schemes:Rewt:MapInboundClaims"] = "true";
        else builder.Services.Configure<JwtBearerOptions>("Rewt", options => options.MapInboundClaims = true);
        builder.Services.AddAuthentication().AddJwtBearer("Users", options => options.TokenValidationParameters.ValidIssuer = "users").AddRewt();
        using var services = builder.Services.BuildServiceProvider();

        services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Rewt").MapInboundClaims.ShouldBeTrue();
    }

    [Fact]
    public async Task JwtBearer_settings_are_read_from_Authentication_Schemes()
    {
        await using var receiver = await Receiver.RegisterAsync(
            builder => builder.Services.AddRewtAuthentication(),
            null,
            new()
            {
                ["Rewt:ServiceName"] = "inventory",
                ["Authentication:Schemes:Rewt:ValidAudiences:0"] = "warehouse",
                ["Authentication:Schemes:Rewt:ValidIssuers:0"] = "orders",
                ["Authentication:Schemes:Rewt:Challenge"] = "Bearer realm=\"stock\"",
            });

        using var good = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "warehouse" }));
        using var audience = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));
        using var issuer = await receiver.GetWithTokenAsync(
            HandmadeToken.Sign(receiver.Memory.Secret, new() { ["aud"] = "warehouse", ["iss"] = "payments" }));
        using var anonymous = await receiver.AskAsync(null);

        good.StatusCode.ShouldBe(HttpStatusCode.OK);
        audience.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"bad_audience\"");
        issuer.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"invalid\"");
        anonymous.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe("Bearer realm=\"stock\"");
    }

    [Fact]
    public async Task A_foreign_token_is_accepted_by_the_other_scheme_of_the_policy()
    {
        var foreignKey = new SymmetricSecurityKey("a key that no ring has ever held, of a good length"u8.ToArray());
        await using var receiver = await Receiver.StartAsync(
            services =>
            {
                services.AddAuthentication().AddJwtBearer("Other", options =>
                {
                    options.MapInboundClaims = false;
                    options.TokenValidationParameters = new TokenValidationParameters
                    {
                        ValidIssuer = "elsewhere",
                        ValidAudience = "inventory",
                        IssuerSigningKey = foreignKey,
                        NameClaimType = "sub",
                    };
                });
                services.AddAuthorizationBuilder().AddPolicy("both", policy => policy
                    .AddAuthenticationSchemes(RewtDefaults.AuthenticationScheme, "Other").RequireAuthenticatedUser());
            },
            application => application.MapGet("/both", (System.Security.Claims.ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization("both"));
        var foreign = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "elsewhere",
            Audience = "inventory",
            Claims = new Dictionary<string, object> { ["sub"] = "visitor" },
            SigningCredentials = new SigningCredentials(foreignKey, SecurityAlgorithms.HmacSha256),
        });

        using var foreignAnswer = await receiver.GetWithTokenAsync(foreign, "/both");
        using var rewtAnswer = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret), "/both");
        using var refused = await receiver.GetWithTokenAsync(foreign);

        (await foreignAnswer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("visitor");
        (await rewtAnswer.Content.ReadAsStringAsync(Cancellation)).ShouldContain("orders");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_token_of_one_scheme_is_refused_by_another_scheme()
    {
        await using var host = await TestService.StartAsync(
            redis: null,
            configure: builder => builder.Services.AddAuthentication().AddRewt("Users", options =>
            {
                options.Namespace = "users";
                options.TokenLifetime = TimeSpan.FromDays(1);
                options.MaxTokenLifetime = TimeSpan.FromDays(31);
            }),
            map: application => application.MapGet("/users", () => "ok").RequireAuthorization(policy => policy
                .AddAuthenticationSchemes("Users").RequireAuthenticatedUser()));
        var users = host.Services.GetRequiredKeyedService<IRewtTokens>("Users");
        var service = await host.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        var user = await users.CreateBearerAsync("inventory", cancellationToken: Cancellation);

        (await host.CallAsync(service, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await host.CallAsync(user, "/users").StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await host.CallAsync(user, "/secure").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.CallAsync(service, "/users").StatusAsync()).ShouldBe(HttpStatusCode.Unauthorized);
    }
}
