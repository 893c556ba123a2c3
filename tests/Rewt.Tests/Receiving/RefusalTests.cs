using Rewt.Internal;

namespace Rewt.Tests.Receiving;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("unknown key", "stale_key", "The signing key is unknown or revoked")]
    [InlineData("expired", "expired", "The token has expired")]
    [InlineData("from the future", "not_yet_valid", "The token is not valid yet")]
    [InlineData("not before later", "not_yet_valid", "The token is not valid yet")]
    [InlineData("for another", "bad_audience", "The token is for another audience")]
    [InlineData("forged", "invalid", "The token is not valid")]
    [InlineData("no issuer", "invalid", "The token is not valid")]
    [InlineData("no audience", "invalid", "The token is not valid")]
    [InlineData("no expiry", "invalid", "The token is not valid")]
    [InlineData("no time of issue", "invalid", "The token is not valid")]
    [InlineData("lives too long", "invalid", "The token is not valid")]
    public async Task A_refusal_says_why_in_one_header_and_nothing_else(string flaw, string code, string description)
    {
        await using var receiver = await Receiver.StartAsync();

        using var response = await receiver.GetWithTokenAsync(Flawed(flaw, receiver.Memory.Secret));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.NonValidated["WWW-Authenticate"].ToString()
            .ShouldBe($"Bearer error=\"invalid_token\", error_description=\"{description}\", rewt_error=\"{code}\"");
        response.Headers.NonValidated["WWW-Authenticate"].Count.ShouldBe(1);
        response.Headers.Contains("Retry-After").ShouldBeFalse();
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_revoked_key_is_a_stale_key()
    {
        await using var receiver = await Receiver.StartAsync();
        using var before = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));
        before.StatusCode.ShouldBe(HttpStatusCode.OK);

        await receiver.Services.GetRequiredService<IRewtKeyRing>().RevokeAsync(receiver.Memory.Secret.KeyId, TestContext.Current.CancellationToken);

        using var after = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret));
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        after.Headers.WwwAuthenticate.ToString().ShouldEndWith("rewt_error=\"stale_key\"");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer no-token-at-all")]
    [InlineData("Basic b3JkZXJzOnNlY3JldA==")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.e30.")]
    public async Task Without_a_token_of_ours_the_challenge_is_a_bare_Bearer(string? authorization)
    {
        await using var receiver = await Receiver.StartAsync();

        using var response = await receiver.AskAsync(authorization);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.NonValidated["WWW-Authenticate"].ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_signed_link_or_cookie_is_no_bearer_token()
    {
        await using var receiver = await Receiver.StartAsync();
        var data = await receiver.Services.GetRequiredService<IRewtTokens>().SignAsync("hello", TestContext.Current.CancellationToken);

        using var response = await receiver.GetWithTokenAsync(data);
        using var handmade = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, type: "rewt-data+jwt"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        handmade.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_in_the_query_counts_for_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        var token = HandmadeToken.Sign(receiver.Memory.Secret);

        using var response = await receiver.AskAsync(null, $"/secure?access_token={token}&token={token}");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task The_word_Bearer_is_read_in_any_case(string word)
    {
        await using var receiver = await Receiver.StartAsync();

        using var response = await receiver.AskAsync($"{word} {HandmadeToken.Sign(receiver.Memory.Secret)}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("orders");
    }

    [Fact]
    public async Task Who_is_known_but_not_allowed_gets_a_403()
    {
        await using var receiver = await Receiver.StartAsync(
            services => services.AddAuthorizationBuilder().AddPolicy("admins", policy => policy.RequireClaim("userId", "admin")),
            application => application.MapGet("/admin", () => "ok").RequireAuthorization("admins"));

        using var somebody = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret), "/admin");
        using var admin = await receiver.GetWithTokenAsync(HandmadeToken.Sign(receiver.Memory.Secret, new() { ["userId"] = "admin" }), "/admin");

        somebody.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        somebody.Headers.WwwAuthenticate.ShouldBeEmpty();
        admin.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Flawed(string flaw, Secret secret) => flaw switch
    {
        "unknown key" => HandmadeToken.Sign(Secret.Generate()),
        "expired" => HandmadeToken.Timed(secret, -92, -32),
        "from the future" => HandmadeToken.Timed(secret, 60, 120),
        "not before later" => HandmadeToken.Sign(secret, new() { ["nbf"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 50 }),
        "for another" => HandmadeToken.Sign(secret, new() { ["aud"] = "payments" }),
        "forged" => Forged(HandmadeToken.Sign(secret)),
        "no issuer" => HandmadeToken.Sign(secret, new() { ["iss"] = null }),
        "no audience" => HandmadeToken.Sign(secret, new() { ["aud"] = null }),
        "no expiry" => HandmadeToken.Sign(secret, new() { ["exp"] = null }),
        "no time of issue" => HandmadeToken.Sign(secret, new() { ["iat"] = null }),
        "lives too long" => HandmadeToken.Timed(secret, 0, 301),
        _ => throw new ArgumentOutOfRangeException(nameof(flaw), flaw, null),
    };

    private static string Forged(string token)
    {
        var at = token.LastIndexOf('.') + 1;
        return token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
    }
}
