using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Rewt.Tests.Operations;

namespace Rewt.Tests.Binding;

/// <summary>Verifies the requirements of endpoints for tokens, and how long the use of a token is stored.</summary>
public sealed class TokenRequirementTests
{
    private static readonly SymmetricSecurityKey UserKey = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public async Task The_policy_of_an_attribute_contains_its_requirement_and_the_default_policy()
    {
        await using var service = await TestService.StartAsync(null, configure: builder => builder.Services.AddAuthorization(options =>
            options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireClaim("tier").Build()));
        var policies = service.Services.GetRequiredService<IAuthorizationPolicyProvider>();

        // SignalR for the methods of a hub, and MVC without endpoint routing, read only IAuthorizeData.
        foreach (IAuthorizeData attribute in new IAuthorizeData[] { new RequireBoundTokenAttribute(), new RequireBoundTokenAttribute { Body = true }, new RequireOneTimeTokenAttribute() })
        {
            var policy = await AuthorizationPolicy.CombineAsync(policies, [attribute]);

            policy!.Requirements.OfType<TokenRequirement>().Count().ShouldBe(1);
            policy.Requirements.OfType<DenyAnonymousAuthorizationRequirement>().ShouldNotBeEmpty();
            policy.Requirements.OfType<ClaimsAuthorizationRequirement>().ShouldHaveSingleItem().ClaimType.ShouldBe("tier");
        }
    }

    [Theory]
    [InlineData("POST", "Rewt", true)]
    [InlineData("DELETE", "Rewt", false)]
    [InlineData("POST", "Users", false)]
    [InlineData("POST", null, false)]
    public void A_binding_applies_only_to_the_caller_of_its_scheme_and_its_method(string method, string? scheme, bool applies)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([], scheme)) };
        context.Request.Method = method;

        new TokenBindingFeature(new TokenBinding(Method: "POST"), "Rewt").IsIn(context).ShouldBe(applies);
    }

    [Theory]
    [InlineData("Bearer", "Rewt")]
    [InlineData("Rewt", "Bearer")]
    public async Task A_user_of_another_scheme_gets_403_where_a_bound_token_is_required(string first, string second)
    {
        await using var service = await StartWithUsersAsync(first, second);
        var user = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { SigningCredentials = new SigningCredentials(UserKey, SecurityAlgorithms.HmacSha256) });

        using var accepted = await service.CallAsync(user, "/secure");
        using var refused = await service.CallAsync(user, "/bound");

        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers.WwwAuthenticate.ShouldBeEmpty();
        service.Log.Text.ShouldNotContain("TokenRefused");
    }

    [Theory]
    [InlineData("Bearer", "Rewt")]
    [InlineData("Rewt", "Bearer")]
    [InlineData("Rewt", "Cookies")]
    public async Task A_service_with_an_unbound_token_gets_401_in_any_order_of_the_schemes(string first, string second)
    {
        await using var service = await StartWithUsersAsync(first, second);
        using var measured = new Measurements(service.Services);
        var unbound = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);

        using var response = await service.CallAsync(unbound, "/bound");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"wrong_request\"");
        response.Headers.Location.ShouldBeNull();
        measured.Sum("rewt.tokens.verified", "rewt.reason", "not_bound").ShouldBe(1);
        service.Log.Text.ShouldContain("Set Binding at the sender. (iss 'inventory')");
    }

    [Theory]
    [InlineData("Bearer", "Rewt")]
    [InlineData("Rewt", "Bearer")]
    [InlineData("Rewt", "Cookies")]
    [InlineData("Cookies", "Rewt")]
    public async Task A_service_with_a_revoked_key_gets_401_in_any_order_of_the_schemes(string first, string second)
    {
        await using var service = await StartWithUsersAsync(first, second);
        var revoked = await service.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await service.Ring.RevokeAsync((await service.Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);

        using var refused = await service.CallAsync(revoked);
        using var anonymous = await service.GetAsync("/counted");

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldContain("rewt_error=\"stale_key\"");
        refused.Headers.Location.ShouldBeNull();
        if ((first, second) == ("Rewt", "Cookies")) anonymous.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_use_is_stored_until_a_service_with_a_slow_clock_refuses_the_token()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var (exact, fast, slow) = (new FakeTimeProvider(start), new FakeTimeProvider(start.AddSeconds(25)), new FakeTimeProvider(start.AddSeconds(-25)));
        using var store = new InMemoryOneTimeStore(exact);
        var options = new RewtOptions { ServiceName = "payments" };
        var claims = TokenClaims.TryRead(new TokenForge(start.ToUnixTimeSeconds()).Claim("otu", "true").Token)!;
        using var one = new OneTimeTokens(options, () => store, fast);
        using var other = new OneTimeTokens(options, () => store, slow);
        (await one.UseAsync(claims, Cancellation)).ShouldBeNull();

        // The last second in which the slow clock accepts the token: 30 s after its expiry.
        var last = DateTimeOffset.UnixEpoch.AddSeconds(claims.ExpiresAt!.Value) + options.ClockSkew - TimeSpan.FromSeconds(1);
        exact.Advance(last.AddSeconds(25) - start);
        slow.SetUtcNow(last);

        (await other.UseAsync(claims, Cancellation))!.Reason.ShouldBe(RefusalReason.Replayed);
    }

    /// <summary>Starts a service with schemes for users, whose default policy accepts two schemes.</summary>
    private static Task<TestService> StartWithUsersAsync(string first, string second) => TestService.StartAsync(
        null,
        configure: builder =>
        {
            builder.Services.AddAuthentication("Bearer").AddCookie("Cookies").AddJwtBearer("Bearer", options =>
                options.TokenValidationParameters = new TokenValidationParameters { IssuerSigningKey = UserKey, ValidateIssuer = false, ValidateAudience = false });
            builder.Services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder(first, second).RequireAuthenticatedUser().Build());
        },
        map: application => application.MapGet("/bound", () => "bound").RequireBoundToken());
}
