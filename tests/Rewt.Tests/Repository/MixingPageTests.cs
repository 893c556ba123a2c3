using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Repository;

/// <summary>Runs the code of docs/mixing-with-user-jwts.md, which selects the scheme by the token.</summary>
public sealed class MixingPageTests
{
    [Fact]
    public async Task The_policy_scheme_accepts_a_service_token_and_refuses_malformed_tokens()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "shop");
        Snippets.Mixing.Register(builder);
        // With a static key, the scheme needs no identity provider.
        builder.Services.Configure<JwtBearerOptions>("Bearer", options => (options.Authority, options.TokenValidationParameters) =
            (null, new TokenValidationParameters { IssuerSigningKey = new SymmetricSecurityKey(new byte[32]), ValidateIssuer = false, ValidateAudience = false }));
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/open", () => "open");
        app.MapGet("/closed", (ClaimsPrincipal caller) => caller.Identity!.Name).RequireAuthorization();
        await app.StartAsync(Cancellation);
        using var client = app.GetTestClient();
        var token = await app.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync("shop", cancellationToken: Cancellation);

        (await StatusAsync("/closed", $"Bearer {token}")).ShouldBe(HttpStatusCode.OK);
        foreach (var malformed in new[] { "Bearer a.b.c", "Bearer ..", "Bearer x", "bearer e30.e30.", "Bearer " + new string('x', 9000), "Basic eDp5" })
        {
            (await StatusAsync("/closed", malformed)).ShouldBe(HttpStatusCode.Unauthorized, malformed);
            (await StatusAsync("/open", malformed)).ShouldBe(HttpStatusCode.OK, malformed);
        }

        async Task<HttpStatusCode> StatusAsync(string path, string authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await client.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }
}
