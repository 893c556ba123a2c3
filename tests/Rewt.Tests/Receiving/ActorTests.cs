namespace Rewt.Tests.Receiving;

/// <summary>Tests that a token in the claim <c>actort</c>, which is text of the caller, becomes the actor only if it is verified.</summary>
public sealed class ActorTests
{
    private const string LongName = "http://schemas.xmlsoap.org/ws/2009/09/identity/claims/actor";

    private static readonly string Unsigned = $"{TokenForge.Part("""{"alg":"none","typ":"JWT"}""")}.{TokenForge.Part("""{"iss":"orders","sub":"admin"}""")}.";

    [Theory]
    [InlineData("actort", true, false, false)]
    [InlineData("actort", true, true, false)]
    [InlineData("actort", true, true, true)]
    [InlineData("actort", false, false, false)]
    [InlineData(LongName, true, false, false)]
    [InlineData(LongName, false, false, false)]
    [InlineData(LongName, false, true, false)]
    [InlineData(LongName, true, true, true)]
    public async Task An_unverified_actor_token_does_not_become_the_actor(string claim, bool isMapping, bool hasApplicationRules, bool validatesActor)
    {
        await using var service = await StartAsync(options =>
        {
            options.MapInboundClaims = isMapping;
            if (hasApplicationRules) options.TokenValidationParameters.ValidIssuer = "inventory";
            options.TokenValidationParameters.ValidateActor = validatesActor;
        });
        var token = await service.Tokens.CreateBearerAsync("inventory", new Dictionary<string, object> { [claim] = Unsigned }, Cancellation);

        for (var call = 0; call < 3; call++) (await ActorAsync(service, token)).ShouldNotBe("admin");
        (await service.Tokens.VerifyBearerAsync(token, Cancellation)).Identity!.Actor.ShouldBeNull();
    }

    [Fact]
    public async Task An_actor_token_is_verified_with_the_ActorValidationParameters_of_the_application()
    {
        var secret = Secret.Generate();
        await using var service = await StartAsync(options =>
        {
            options.MapInboundClaims = true;
            options.TokenValidationParameters.ValidateActor = true;
            options.TokenValidationParameters.ActorValidationParameters = new TokenValidationParameters
            {
                IssuerSigningKey = new SymmetricSecurityKey(secret.CopyBytes()),
                ValidateIssuer = false,
                ValidateAudience = false,
            };
        });
        async Task<string> CallAsync(string claim, Secret key) => await ActorAsync(service, await service.Tokens.CreateBearerAsync(
            "inventory", new Dictionary<string, object> { [claim] = HandmadeToken.Sign(key, new() { ["sub"] = "admin" }, "JWT") }, Cancellation));

        (await CallAsync("actort", secret)).ShouldBe("admin");
        (await CallAsync("actort", Secret.Generate())).ShouldBe("401");
        // The library verifies only the claim with the short name, but sets the actor from both claims.
        (await CallAsync(LongName, Secret.Generate())).ShouldBe("none");
    }

    private static Task<TestService> StartAsync(Action<JwtBearerOptions> configure) => TestService.StartAsync(
        null,
        configure: builder => builder.Services.Configure("Rewt", configure),
        map: application => application.MapGet("/actor", (ClaimsPrincipal user) =>
            ((ClaimsIdentity)user.Identity!).Actor is { } actor ? actor.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? actor.FindFirst("sub")?.Value ?? "some" : "none").RequireAuthorization());

    private static async Task<string> ActorAsync(TestService service, string token)
    {
        using var response = await service.CallAsync(token, "/actor");
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(Cancellation) : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
    }
}
