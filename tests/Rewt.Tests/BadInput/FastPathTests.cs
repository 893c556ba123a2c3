namespace Rewt.Tests.BadInput;

/// <summary>Verifies that the fast paths for common tokens return the results of the general code.</summary>
public sealed class FastPathTests
{
    private const string NoObject = "no object";
    private const string Malformed = "malformed";

    [Theory]
    [InlineData("""{"iss":"a","aud":"b","iat":1,"exp":2,"jti":"c","sub":"d","nbf":3,"x":true,"y":null,"z":1.5}""", true, "iss=a sub=d jti=c aud=b iat=1 exp=2 nbf=3")]
    [InlineData("""{"iss":"a"}""", true, "iss=a")]
    [InlineData("""{}""", true, "no claims")]
    [InlineData("""{"exp":1e3}""", false, "exp=1000")]
    [InlineData("""{"exp":1.0}""", false, "exp=1")]
    [InlineData("""{"exp":253402300800}""", false, "malformed")]
    [InlineData("""{"exp":253402300799}""", true, "exp=253402300799")]
    [InlineData("""{"exp":-1}""", false, "malformed")]
    [InlineData("""{"exp":"1"}""", false, "malformed")]
    [InlineData("""{"iss":1}""", false, "malformed")]
    [InlineData("""{"iss":null}""", false, "malformed")]
    [InlineData("""{"aud":["a","b"]}""", false, "aud=a,b")]
    [InlineData("""{"aud":[]}""", false, "aud=")]
    [InlineData("""{"aud":["a",1]}""", false, "malformed")]
    [InlineData("""{"a":1,"a":1}""", false, "malformed")]
    [InlineData("""{"a":1,"\u0061":1}""", false, "malformed")]
    [InlineData("""{"a":{"b":1,"b":2}}""", false, "malformed")]
    [InlineData("""{"a":[{"b":1,"b":2}]}""", false, "malformed")]
    [InlineData("""{"a":1}{}""", false, "malformed")]
    [InlineData("""{"a":1} x""", false, "malformed")]
    [InlineData("""{"a":1}  """, true, "no claims")]
    [InlineData("""  {"a":1}""", true, "no claims")]
    [InlineData("""{"a":1,}""", false, "malformed")]
    [InlineData("""{"a":1 /* no */}""", false, "malformed")]
    [InlineData("""["a"]""", false, "no object")]
    [InlineData("""1""", false, "no object")]
    [InlineData("", false, "malformed")]
    [InlineData("""{"a":"é"}""", true, "no claims")]
    [InlineData("""{"":1,"":2}""", false, "malformed")]
    [InlineData("""{"a":{"b":{"c":{"d":1}}}}""", false, "no claims")]
    [InlineData("""{"tenant":"a","htm":"b","htt":"c","htb":"d","mbh":"e","otu":true}""", true, "tenant=a htm=b htt=c htb=d mbh=e otu")]
    [InlineData("""{"tenant":"a","htm":"b","htt":"c","htb":"d","mbh":"e","otu":true,"x":[]}""", false, "tenant=a htm=b htt=c htb=d mbh=e otu")]
    [InlineData("""{"tenant":1}""", true, "no claims")]
    [InlineData("""{"htm":1}""", false, "malformed")]
    [InlineData("""{"htt":null}""", false, "malformed")]
    [InlineData("""{"htb":["a"]}""", false, "malformed")]
    [InlineData("""{"mbh":true}""", false, "malformed")]
    [InlineData("""{"otu":false}""", false, "malformed")]
    [InlineData("""{"\u0069ss":"\u0061"}""", false, "iss=a")]
    [InlineData("""{"iss":"\ud800"}""", false, "malformed")]
    public void The_fast_parser_reads_a_flat_payload_with_the_result_of_the_general_parser(string json, bool isFast, string expected) => ShouldReadEqually(Encoding.UTF8.GetBytes(json), isFast, expected);

    [Fact]
    public void The_fast_parser_does_not_read_invalid_UTF8() => ShouldReadEqually([.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8], isFast: false, "malformed");

    [Fact]
    public void Both_parsers_agree_on_a_payload_with_one_changed_byte()
    {
        const string Payload = """{"iss":"orders","aud":"inventory","iat":1767268800,"exp":1767268860,"jti":"1","userId":"u-42","n":-1.5e2,"b":false}""";
        foreach (var other in new[] { (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)',', (byte)':', (byte)'0', (byte)' ', (byte)'a', (byte)0xE9, (byte)0 })
        {
            for (var at = 0; at < Payload.Length; at++)
            {
                var changed = Encoding.UTF8.GetBytes(Payload);
                changed[at] = other;
                var expected = Text(() => TokenClaims.ReadStrictly(changed));
                ShouldReadEqually(changed, isFast: other != (byte)'\\' && expected is not (NoObject or Malformed), expected);
            }
        }
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(25, false)]
    public void The_fast_parser_reads_a_payload_of_at_most_24_members(int members, bool isFast) =>
        ShouldReadEqually(Encoding.UTF8.GetBytes("{" + string.Concat(Enumerable.Range(1, members - 1).Select(i => $"\"m{i}\":{i},")) + "\"iss\":\"orders\"}"), isFast, "iss=orders");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_identity_is_equal_to_the_identity_that_JsonWebTokenHandler_creates(bool map)
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
        var key = new SymmetricSecurityKey(secret.CopyBytes()) { KeyId = secret.KeyId.ToString() };
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
    public void A_cached_header_is_returned_only_for_the_same_text()
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

    /// <param name="payload">The payload that both parsers read.</param>
    /// <param name="isFast">Whether the fast parser reads the payload, or leaves it to the general parser.</param>
    /// <param name="expected">The result for a receiver, and of the general parser alone.</param>
    private static void ShouldReadEqually(byte[] payload, bool isFast, string expected)
    {
        var json = Encoding.UTF8.GetString(payload);
        Text(() => FlatClaims.TryRead(payload)).ShouldBe(isFast ? expected : NoObject, json);
        Text(() => TokenClaims.ReadStrictly(payload)).ShouldBe(expected, json);
        Text(() => TokenClaims.Read(payload)).ShouldBe(expected, json);
    }

    /// <summary>Returns the claims as a text, <see cref="NoObject"/> if the parser returns no claims, or <see cref="Malformed"/>.</summary>
    private static string Text(Func<TokenClaims?> read)
    {
        try
        {
            return read() is { } claims ? Text(claims) : NoObject;
        }
        catch (JsonException)
        {
            return Malformed;
        }
        catch (InvalidOperationException)
        {
            return Malformed;
        }
    }

    private static string Text(TokenClaims claims)
    {
        var binding = claims.Binding;
        (string Name, object? Value)[] all =
        [
            ("iss", claims.Issuer), ("sub", claims.Subject), ("jti", claims.TokenId), ("aud", claims.Audiences is { } audiences ? string.Join(',', audiences) : null),
            ("iat", claims.IssuedAt), ("exp", claims.ExpiresAt), ("nbf", claims.NotBefore), ("tenant", claims.Tenant),
            ("htm", binding?.Method), ("htt", binding?.Target), ("htb", binding?.Body), ("mbh", binding?.Message),
        ];
        string[] texts = [.. all.Where(claim => claim.Value is not null).Select(claim => string.Create(CultureInfo.InvariantCulture, $"{claim.Name}={claim.Value}")), .. binding?.IsOneTime == true ? ["otu"] : Array.Empty<string>()];
        return texts.Length == 0 ? "no claims" : string.Join(' ', texts);
    }
}
