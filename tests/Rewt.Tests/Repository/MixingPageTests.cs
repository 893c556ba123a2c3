using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Repository;

/// <summary>Runs the code of docs/mixing-with-user-jwts.md, which selects the scheme by the token.</summary>
public sealed class MixingPageTests
{
    [Fact]
    public async Task The_policy_scheme_accepts_tokens_of_services_and_users_and_refuses_others()
    {
        var userKey = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "shop");
        Snippets.Mixing.Register(builder);
        // With a static key, the scheme needs no identity provider.
        builder.Services.Configure<JwtBearerOptions>("Bearer", options => (options.Authority, options.TokenValidationParameters) =
            (null, new TokenValidationParameters { IssuerSigningKey = userKey, ValidateIssuer = false, ValidateAudience = false }));
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/open", () => "open");
        app.MapGet("/closed", (ClaimsPrincipal caller) => caller.Identity!.AuthenticationType).RequireAuthorization();
        await app.StartAsync(Cancellation);
        using var client = app.GetTestClient();
        var token = await app.Services.GetRequiredService<IRewtTokens>().CreateBearerAsync("shop", cancellationToken: Cancellation);

        (await AnswerAsync("/closed", $"Bearer {token}")).ShouldBe((HttpStatusCode.OK, "Rewt"));
        foreach (var type in new[] { "JWT", "at+jwt" })
        {
            var (status, scheme) = await AnswerAsync("/closed", $"Bearer {UserToken(type, userKey)}");
            status.ShouldBe(HttpStatusCode.OK, type);
            scheme.ShouldNotBe("Rewt", type);
            (await StatusAsync("/closed", $"Bearer {UserToken(type, new SymmetricSecurityKey(new byte[32]))}")).ShouldBe(HttpStatusCode.Unauthorized, type);
        }

        (await StatusAsync("/closed", $"Bearer {UserToken("rewt+jwt", userKey)}")).ShouldBe(HttpStatusCode.Unauthorized, "the scheme Bearer does not see a token of this type");
        foreach (var malformed in new[] { "Bearer a.b.c", "Bearer ..", "Bearer x", "bearer e30.e30.", "Bearer " + new string('x', 9000), "Basic eDp5" })
        {
            (await StatusAsync("/closed", malformed)).ShouldBe(HttpStatusCode.Unauthorized, malformed);
            (await StatusAsync("/open", malformed)).ShouldBe(HttpStatusCode.OK, malformed);
        }

        static string UserToken(string type, SecurityKey key) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            TokenType = type,
            Claims = new Dictionary<string, object> { ["sub"] = "u-42" },
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });

        async Task<HttpStatusCode> StatusAsync(string path, string authorization) => (await AnswerAsync(path, authorization)).Status;

        async Task<(HttpStatusCode Status, string Text)> AnswerAsync(string path, string authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await client.SendAsync(request, Cancellation);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }
}
