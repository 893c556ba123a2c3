namespace Rewt.Tests.BadInput;

/// <summary>Verifies the format of the three parts of a token, and the parsing of its claims.</summary>
public sealed class TokenClaimsTests
{
    private const string Signature = "AAAA";

    private static readonly string Payload = TokenForge.Part("""{"iss":"orders"}""");

    private static readonly Dictionary<string, (string Token, bool IsRead)> Rows = new(StringComparer.Ordinal)
    {
        ["three parts"] = ($"h.{Payload}.{Signature}", true),
        ["no header"] = ($".{Payload}.{Signature}", false),
        ["no payload"] = ($"h..{Signature}", false),
        ["no signature"] = ($"h.{Payload}.", false),
        ["two parts"] = ($"h.{Payload}", false),
        ["one part"] = (Payload, false),
        ["four parts"] = ($"h.{Payload}.{Signature}.{Signature}", false),
        ["a dot at the end"] = ($"h.{Payload}.{Signature}.", false),
        ["a character that is not base64url"] = ($"h+.{Payload}.{Signature}", false),
        ["a payload of an impossible length"] = ($"h.A.{Signature}", false),
        ["a payload that is a list"] = ($"h.{TokenForge.Part("[]")}.{Signature}", false),
        ["a payload that is not JSON"] = ($"h.{TokenForge.Part("x")}.{Signature}", false),
        ["a lone surrogate"] = ($"h.{TokenForge.Part("""{"x":"\ud800"}""")}.{Signature}", false),
        ["a signature of one byte"] = ($"h.{Payload}.AQ", true),
        ["the lowest unused bit of one byte"] = ($"h.{Payload}.AB", false),
        ["the highest unused bit of one byte"] = ($"h.{Payload}.AI", false),
        ["a signature of two bytes"] = ($"h.{Payload}.AAE", true),
        ["the lowest unused bit of two bytes"] = ($"h.{Payload}.AAB", false),
        ["the highest unused bit of two bytes"] = ($"h.{Payload}.AAC", false),
        ["three bytes have no unused bits"] = ($"h.{Payload}.AAA_", true),
        ["a signature of an impossible length"] = ($"h.{Payload}.AAAAA", false),
        ["the longest signature"] = ($"h.{Payload}.{TokenForge.Part(new byte[512])}", true),
        ["a signature that is too long"] = ($"h.{Payload}.{TokenForge.Part(new byte[513])}", false),
        ["the longest token"] = (OfLength(8192), true),
        ["a token that is too long"] = (OfLength(8193), false),
        ["16 audiences"] = (WithAudiences(16), true),
        ["17 audiences"] = (WithAudiences(17), false),
    };

    public static TheoryData<string> Names() => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_token_must_have_three_parts_in_canonical_encoding(string name) => (TokenClaims.TryRead(Rows[name].Token) is not null).ShouldBe(Rows[name].IsRead);

    [Theory]
    [InlineData("""{"aud":"a"}""", "a")]
    [InlineData("""{"aud":["a","b"]}""", "a,b")]
    [InlineData("""{"aud":[]}""", "")]
    [InlineData("""{}""", null)]
    public void A_single_audience_is_read_as_a_list(string json, string? audiences)
    {
        foreach (var claims in new[] { Read(json), TokenClaims.ReadStrictly(Encoding.UTF8.GetBytes(json))! }) (claims.Audiences is { } list ? string.Join(',', list) : null).ShouldBe(audiences);
    }

    [Fact]
    public void Both_parsers_read_all_claims_also_with_escaped_names()
    {
        const string Json = """{"iss":"i","sub":"s","jti":"j","aud":"a","iat":1,"exp":2,"nbf":3,"tenant":"t","htm":"m","htt":"u","htb":"b","mbh":"h","otu":true,"other":"o"}""";
        var escaped = Json.Replace("\"iss\"", "\"\\u0069ss\"", StringComparison.Ordinal).Replace("\"tenant\"", "\"tenan\\u0074\"", StringComparison.Ordinal);

        foreach (var claims in new[] { Read(Json), TokenClaims.ReadStrictly(Encoding.UTF8.GetBytes(Json))!, Read(escaped) })
        {
            (claims.Issuer, claims.Subject, claims.TokenId, claims.Audiences![0], claims.Tenant).ShouldBe(("i", "s", "j", "a", "t"));
            (claims.IssuedAt, claims.ExpiresAt, claims.NotBefore).ShouldBe((1d, 2d, 3d));
            claims.Binding.ShouldBe(new TokenBinding("m", "u", "b", "h", true));
        }
    }

    [Fact]
    public void A_missing_binding_and_a_tenant_that_is_not_a_text_are_null()
    {
        var claims = TokenClaims.ReadStrictly("""{"iss":"i","tenant":7}"""u8.ToArray())!;

        claims.Binding.ShouldBeNull();
        claims.Tenant.ShouldBeNull();
        claims.BoundTo(null).ShouldBeSameAs(claims);
        Should.Throw<JsonException>(() => TokenClaims.ReadStrictly("""{"otu":false}"""u8.ToArray()));
    }

    [Fact]
    public void A_time_may_have_a_fraction_of_a_second()
    {
        TokenClaims.At(1.5).ShouldBe(DateTimeOffset.UnixEpoch.AddMilliseconds(1500));
        TokenClaims.At(null).ShouldBeNull();
    }

    private static TokenClaims Read(string json) => TokenClaims.Read(Encoding.UTF8.GetBytes(json))!;

    private static string OfLength(int length) => $"{new string('h', length - $".{Payload}.{Signature}".Length)}.{Payload}.{Signature}";

    private static string WithAudiences(int count) => $"h.{TokenForge.Part($$"""{"aud":[{{string.Join(',', Enumerable.Repeat("\"a\"", count))}}]}""")}.{Signature}";
}
