using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace Rewt.Tests.Binding;

/// <summary>Verifies the requirements of endpoints for tokens, and how long the use of a token is stored.</summary>
public sealed class TokenRequirementTests
{
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
}
