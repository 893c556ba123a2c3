namespace Rewt.Tests.BadInput;

/// <summary>Verifies the responses of a service (RFC 6750 §3).</summary>
public sealed class ResponseTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==")]
    [InlineData("Bearerx abc")]
    [InlineData("Bearer\tabc")]
    [InlineData("Bearer no-token-at-all")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_request_without_a_Rewt_token_gets_a_challenge_without_an_error(params string[] authorization)
    {
        using var response = await service.CallWithAuthorizationAsync("/counted", authorization);

        await ShouldBeRefusedAsync(response, "Bearer");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    [InlineData("bEaReR")]
    public async Task The_name_of_the_scheme_is_case_insensitive(string scheme)
    {
        (await service.CallWithAuthorizationAsync("/counted", $"{scheme} {service.Forge.Token}").StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(" ", " ", true)]
    [InlineData("\t", "\t ", true)]
    [InlineData("\u00a0", "", false)]
    [InlineData("", "\u00a0", false)]
    [InlineData("", "\u3000", false)]
    [InlineData("\u2003", "", false)]
    [InlineData("", "\u2028", false)]
    [InlineData("", "\u0085", false)]
    [InlineData("", "\v", false)]
    [InlineData("\f", "", false)]
    [InlineData("\ufeff", "", false)]
    public void Only_spaces_and_tabs_around_a_token_are_trimmed(string before, string after, bool isTrimmed)
    {
        // RFC 9110 §5.6.3 defines no other white space in a header.
        var read = BearerHeader.Read($"Bearer {before}{service.Forge.Token}{after}");

        (read.ToString() == service.Forge.Token).ShouldBe(isTrimmed);
    }

    [Theory]
    [InlineData("Bearer {0}", "Bearer {0}")]
    [InlineData("Bearer {0}", "Basic abc")]
    [InlineData("Basic abc", "Bearer {0}")]
    [InlineData("Bearer {0}", "")]
    public async Task Two_Authorization_headers_are_refused_even_with_a_valid_token(string first, string second)
    {
        // HttpClient would join them into one line.
        var response = await RawRequest.AnswerAsync(
            service.Host.Address,
            "/counted",
            ("Authorization", string.Format(null, first, service.Forge.Token)),
            ("Authorization", string.Format(null, second, service.Forge.Token)));

        response.ShouldStartWith("HTTP/1.1 401 ");
        response.ShouldContain("rewt_error=\"invalid\"");
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    [InlineData("Authorization")]
    [InlineData("bearer")]
    public async Task A_token_in_the_query_is_ignored(string name)
    {
        using var response = await service.CallWithAuthorizationAsync($"/counted?{name}={service.Forge.Token}");

        await ShouldBeRefusedAsync(response, "Bearer");
    }

    [Fact]
    public async Task A_token_in_a_form_or_a_cookie_is_ignored()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("access_token", service.Forge.Token)]),
        };
        request.Headers.Add("Cookie", $"access_token={service.Forge.Token}");
        using var response = await service.Client.SendAsync(request, Cancellation);

        await ShouldBeRefusedAsync(response, "Bearer");
    }

    [Fact]
    public async Task Signed_data_and_bearer_tokens_are_not_interchangeable()
    {
        var data = await service.Host.Data.SignAsync(new { aud = "inventory", iss = "orders" }, Cancellation);
        (await service.Host.Data.VerifyAsync(data, Cancellation)).IsValid.ShouldBeTrue();

        using var response = await service.CallAsync(data);
        await ShouldBeRefusedAsync(response, "Bearer");
        (await service.Host.Tokens.VerifyBearerAsync(data, Cancellation)).IsValid.ShouldBeFalse();
        (await service.Host.Data.VerifyAsync(service.Forge.Token, Cancellation)).IsValid.ShouldBeFalse();
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("plain")]
    [InlineData("octet-stream")]
    public async Task The_content_type_of_a_bearer_token_has_no_meaning(string contentType)
    {
        var token = service.Forge.HeaderMember("cty", $"\"{contentType}\"").Claim("data", "\"text\"").Token;

        var verification = await service.Host.Tokens.VerifyBearerAsync(token, Cancellation);

        verification.Refusal.ShouldBe(RewtRefusal.None);
        verification.Text.ShouldBeNull();
        verification.Bytes.ShouldBeNull();
        Encoding.UTF8.GetString(verification.Json.ShouldNotBeNull().Span).ShouldContain("\"iss\":\"orders\"");
    }

    [Theory]
    [InlineData("json", null)]
    [InlineData("plain", null)]
    [InlineData("plain", "5")]
    [InlineData("octet-stream", "null")]
    [InlineData("octet-stream", "\"not base64url!\"")]
    public async Task Signed_data_without_the_content_that_its_type_requires_is_invalid(string contentType, string? data)
    {
        var forge = service.Forge.HeaderMember("typ", "\"rewt-data+jwt\"").HeaderMember("cty", $"\"{contentType}\"").WithoutClaim("aud");

        var verification = await service.Host.Data.VerifyAsync((data is null ? forge : forge.Claim("data", data)).Token, Cancellation);

        verification.Refusal.ShouldBe(RewtRefusal.Invalid);
    }

    [Fact]
    public async Task A_valid_token_without_permission_gets_403_and_not_401()
    {
        var before = service.Calls;
        using var refused = await service.CallAsync(service.Forge.Token, "/users");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers.WwwAuthenticate.ShouldBeEmpty();
        (await refused.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
        service.Calls.ShouldBe(before);

        (await service.CallAsync(service.Forge.Claim("userId", "\"u-1\"").Token, "/users").StatusAsync()).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_reveals_nothing_about_the_token_the_key_or_the_time()
    {
        var tokens = new[]
        {
            service.Forge.Claim("iss", "\"a-telling-issuer\"").Claim("aud", "\"a-telling-audience\"").Token,
            service.Forge.Claim("iat", service.Forge.Now - 1000).Claim("exp", service.Forge.Now - 900).Token,
            service.Forge.HeaderMember("kid", "\"a-telling-key-id\"").Token,
        };
        foreach (var token in tokens)
        {
            using var response = await service.CallAsync(token);
            var headers = response.Headers.ToString();
            headers.ShouldNotContain("telling");
            headers.ShouldNotContain(TokenForge.GoodKeyId);
            headers.ShouldNotContain("inventory");
            headers.ShouldNotContain("1767");
            headers.ShouldNotContain("Exception");
        }
    }

    private static async Task ShouldBeRefusedAsync(HttpResponseMessage response, string challenge)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.GetValues("WWW-Authenticate").ShouldBe([challenge]);
        (await response.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();
    }
}
