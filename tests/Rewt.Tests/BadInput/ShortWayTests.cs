namespace Rewt.Tests.BadInput;

/// <summary>The short ways that the usual token takes say what the long ones say.</summary>
public sealed class ShortWayTests
{
    [Theory]
    [InlineData("""{"iss":"a","aud":"b","iat":1,"exp":2,"jti":"c","sub":"d","nbf":3,"x":true,"y":null,"z":1.5}""", true)]
    [InlineData("""{"iss":"a"}""", true)]
    [InlineData("""{}""", true)]
    [InlineData("""{"exp":1e3}""", false)]
    [InlineData("""{"exp":1.0}""", false)]
    [InlineData("""{"exp":253402300800}""", false)]
    [InlineData("""{"exp":253402300799}""", true)]
    [InlineData("""{"exp":-1}""", false)]
    [InlineData("""{"exp":"1"}""", false)]
    [InlineData("""{"iss":1}""", false)]
    [InlineData("""{"iss":null}""", false)]
    [InlineData("""{"aud":["a","b"]}""", false)]
    [InlineData("""{"aud":[]}""", false)]
    [InlineData("""{"aud":["a",1]}""", false)]
    [InlineData("""{"a":1,"a":1}""", false)]
    [InlineData("""{"a":1,"\u0061":1}""", false)]
    [InlineData("""{"a":{"b":1,"b":2}}""", false)]
    [InlineData("""{"a":[{"b":1,"b":2}]}""", false)]
    [InlineData("""{"a":1}{}""", false)]
    [InlineData("""{"a":1} x""", false)]
    [InlineData("""{"a":1}  """, true)]
    [InlineData("""  {"a":1}""", true)]
    [InlineData("""{"a":1,}""", false)]
    [InlineData("""{"a":1 /* no */}""", false)]
    [InlineData("""["a"]""", false)]
    [InlineData("""1""", false)]
    [InlineData("", false)]
    [InlineData("""{"a":"é"}""", true)]
    [InlineData("""{"":1,"":2}""", false)]
    [InlineData("""{"a":{"b":{"c":{"d":1}}}}""", false)]
    public void A_flat_payload_is_read_by_the_fast_parser_with_the_result_of_the_general_one(string json, bool isShort) => ReadsTheSame(Encoding.UTF8.GetBytes(json), isShort);

    [Fact]
    public void Bytes_that_are_not_text_are_refused_by_both() => ReadsTheSame([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8], isShort: false);

    [Fact]
    public void Any_small_change_of_a_payload_reads_the_same()
    {
        const string Payload = """{"iss":"orders","aud":"inventory","iat":1767268800,"exp":1767268860,"jti":"1","userId":"u-42","n":-1.5e2,"b":false}""";
        foreach (var other in new[] { (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)',', (byte)':', (byte)'0', (byte)' ', (byte)'a', (byte)0xE9, (byte)0 })
        {
            for (var at = 0; at < Payload.Length; at++)
            {
                var changed = Encoding.UTF8.GetBytes(Payload);
                changed[at] = other;
                ReadsTheSame(changed, isShort: other != (byte)'\\' && IsRead(Text(() => TokenClaims.ReadStrictly(changed))));
            }
        }
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(25, false)]
    public void More_members_than_the_fast_parser_counts_are_left_to_the_general_one(int members, bool isShort) =>
        ReadsTheSame(Encoding.UTF8.GetBytes("{" + string.Concat(Enumerable.Range(1, members - 1).Select(i => $"\"m{i}\":{i},")) + "\"iss\":\"orders\"}"), isShort);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_identity_is_the_one_that_the_library_makes_when_it_validates(bool map)
    {
        var secret = Secret.Generate();
        var token = HandmadeToken.Sign(secret, new()
        {
            ["sub"] = "u-42",
            ["role"] = new List<string> { "a", "b" },
            ["count"] = 7,
            ["big"] = 1L << 40,
            ["share"] = 0.5,
            ["on"] = true,
            ["when"] = "2026-01-01T00:00:00Z",
            ["of"] = new Dictionary<string, object> { ["depth"] = 1 },
            ["email"] = "a@b.example",
        });
        var key = new SymmetricSecurityKey(secret.CopyBytes()) { KeyId = secret.KeyId };
        var parameters = new TokenValidationParameters { IssuerSigningKey = key, ValidateIssuer = false, ValidateAudience = false, NameClaimType = "iss" };
        var validated = await new JsonWebTokenHandler { MapInboundClaims = map }.ValidateTokenAsync(token, parameters);

        var read = new ClaimsIdentityFactory { MapInboundClaims = map }.Create(new JsonWebToken(token), parameters);

        validated.IsValid.ShouldBeTrue();
        read.Claims.Select(Text).ShouldBe(validated.ClaimsIdentity.Claims.Select(Text));
        (read.Name, read.NameClaimType, read.RoleClaimType, read.AuthenticationType, read.GetType())
            .ShouldBe((validated.ClaimsIdentity.Name, validated.ClaimsIdentity.NameClaimType, validated.ClaimsIdentity.RoleClaimType, validated.ClaimsIdentity.AuthenticationType, validated.ClaimsIdentity.GetType()));

        static string Text(System.Security.Claims.Claim claim) =>
            $"{claim.Type}={claim.Value}|{claim.ValueType}|{claim.Issuer}|{claim.OriginalIssuer}|{string.Join(',', claim.Properties)}";
    }

    [Fact]
    public void A_header_that_is_remembered_is_the_header_of_that_very_text()
    {
        var headers = new TokenHeaderCache();
        var tokens = Enumerable.Range(0, 300).Select(_ => HandmadeToken.Sign(Secret.Generate())).ToList();

        for (var round = 0; round < 2; round++)
        {
            foreach (var token in tokens)
            {
                headers.TryRead(token).ShouldBe(TokenHeader.TryRead(token));
                var changed = token[..20] + (token[20] == 'A' ? 'B' : 'A') + token[21..];
                headers.TryRead(changed).ShouldBe(TokenHeader.TryRead(changed));
            }
        }
    }

    /// <param name="payload">What both read.</param>
    /// <param name="isShort">Whether the short way reads it itself, or leaves it to the long one.</param>
    private static void ReadsTheSame(byte[] payload, bool isShort)
    {
        var flat = Text(() => FlatClaims.TryRead(payload));
        IsRead(flat).ShouldBe(isShort, Encoding.UTF8.GetString(payload));
        if (isShort) flat.ShouldBe(Text(() => TokenClaims.ReadStrictly(payload)), Encoding.UTF8.GetString(payload));
    }

    private static bool IsRead(string text) => text is not ("" or "malformed");

    /// <summary>What was read; empty when it was left to others, or the kind of failure.</summary>
    private static string Text(Func<TokenClaims?> read)
    {
        try
        {
            return read() is { } claims
                ? $"{claims.Issuer}|{claims.Subject}|{claims.TokenId}|{string.Join(',', claims.Audiences ?? ["none"])}|{claims.IssuedAt}|{claims.ExpiresAt}|{claims.NotBefore}"
                : string.Empty;
        }
        catch (JsonException)
        {
            return "malformed";
        }
        catch (InvalidOperationException)
        {
            return "malformed";
        }
    }
}
