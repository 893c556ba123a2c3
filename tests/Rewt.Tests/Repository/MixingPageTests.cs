using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Repository;

/// <summary>docs/mixing-with-user-jwts.md: the token chooses its scheme, and what is no token gets no further than 401.</summary>
public sealed class MixingPageTests
{
    [Fact]
    public async Task The_token_chooses_its_scheme_and_junk_is_an_ordinary_refusal()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddRewtInMemoryKeys(options => options.ServiceName = "shop");
        Snippets.Mixing.Write(builder);
        // No key server is asked here.
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
        foreach (var junk in new[] { "Bearer a.b.c", "Bearer ..", "Bearer x", "bearer e30.e30.", "Bearer " + new string('x', 9000), "Basic eDp5" })
        {
            (await StatusAsync("/closed", junk)).ShouldBe(HttpStatusCode.Unauthorized, junk);
            (await StatusAsync("/open", junk)).ShouldBe(HttpStatusCode.OK, junk);
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
