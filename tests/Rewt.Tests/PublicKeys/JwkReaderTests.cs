using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.PublicKeys;

public sealed class JwkReaderTests
{
    private static readonly string[] KnownMembers = ["kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "use", "key_ops", "alg", "kid"];

    public static TheoryData<string, string> Refusals()
    {
        var (x, y) = (Coordinate(point => point.X!), Coordinate(point => point.Y!));
        return new TheoryData<string, string>
        {
            { "RSA of 1024 bits", Text(JwkRows.Rsa(("n", JwkRows.Modulus(1024)))) },
            { "RSA of 2047 bits", Text(JwkRows.Rsa(("n", JwkRows.Modulus(2047)))) },
            { "RSA of 4097 bits", Text(JwkRows.Rsa(("n", JwkRows.Modulus(4097)))) },
            { "RSA of 8192 bits", Text(JwkRows.Rsa(("n", JwkRows.Modulus(8192)))) },
            { "RSA padded to 2048 bits with zeros", Text(JwkRows.Rsa(("n", Base64Url.EncodeToString([0, .. new byte[127], .. RandomNumberGenerator.GetBytes(128)])))) },
            { "an even modulus", Text(JwkRows.Rsa(("n", Base64Url.EncodeToString([.. Base64Url.DecodeFromChars(JwkRows.Modulus(2048))[..^1], 2])))) },
            { "no modulus", Text(JwkRows.Rsa(("n", null))) },
            { "an empty modulus", Text(JwkRows.Rsa(("n", ""))) },
            { "the exponent 0", Text(JwkRows.Rsa(("e", "AA"))) },
            { "the exponent 1", Text(JwkRows.Rsa(("e", "AQ"))) },
            { "the exponent 3", Text(JwkRows.Rsa(("e", "Aw"))) },
            { "an even exponent", Text(JwkRows.Rsa(("e", "AQAC"))) },
            { "an exponent with leading zeros", Text(JwkRows.Rsa(("e", "AAEAAQ"))) },
            { "a huge exponent", Text(JwkRows.Rsa(("e", JwkRows.Modulus(2048)))) },
            { "no exponent", Text(JwkRows.Rsa(("e", null))) },
            { "the RS256 sample of jwt.io", Text(JwkRows.Rsa(("n", "u1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0_IzW7yWR7QkrmBL7jTKEn5u-qKhbwKfBstIs-bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW_VDL5AaWTg0nLVkjRo9z-40RQzuVaE8AkAFmxZzow3x-VJYKdjykkJ0iT9wCS0DRTXu269V264Vf_3jvredZiKRkgwlL9xNAwxXFg0x_XFw005UWVRIkdgcKWTjpBP2dPwVZ4WWC-9aGVd-Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbcmw"))) },
            { "the ES256 sample of jwt.io", Text(JwkRows.Ec(null, ("x", "EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84"), ("y", "kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY"))) },
            { "the ES256 example of RFC 7515", Text(JwkRows.Ec(null, ("x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), ("y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))) },
            { "x and y exchanged", Text(JwkRows.Ec(null, ("x", y), ("y", x))) },
            { "a point off the curve", Text(JwkRows.Ec(null, ("x", Coordinate(point => [.. point.X![..^1], (byte)(point.X![^1] ^ 1)])))) },
            { "the point 0, 0", Text(JwkRows.Ec(null, ("x", Base64Url.EncodeToString(new byte[32])), ("y", Base64Url.EncodeToString(new byte[32])))) },
            { "a coordinate outside the field", Text(JwkRows.Ec(null, ("x", Base64Url.EncodeToString(Enumerable.Repeat((byte)0xff, 32).ToArray())))) },
            { "a short coordinate", Text(JwkRows.Ec(null, ("x", Base64Url.EncodeToString(new byte[31])))) },
            { "a long coordinate", Text(JwkRows.Ec(null, ("x", Base64Url.EncodeToString([0, .. Base64Url.DecodeFromChars(x)])))) },
            { "no y", Text(JwkRows.Ec(null, ("y", null))) },
            { "a point of P-256 on P-384", Text(JwkRows.Ec(null, ("crv", "P-384"), ("alg", "ES384"))) },
            { "P-521", Text(JwkRows.Ec(null, ("crv", "P-521"), ("alg", "ES512"))) },
            { "secp256k1", Text(JwkRows.Ec(null, ("crv", "secp256k1"), ("alg", "ES256K"))) },
            { "no crv", Text(JwkRows.Ec(null, ("crv", null))) },
            { "padding", Text(JwkRows.Ec(null, ("x", x + "="))) },
            { "a space in base64url", Text(JwkRows.Ec(null, ("x", " " + x))) },
            { "base64 instead of base64url", Text(JwkRows.Ec(null, ("x", "+/" + x[2..]))) },
            { "surplus bits in the last character", Text(JwkRows.Ec(null, ("x", x[..^1] + NotCanonical(x[^1])))) },
            { "oct", """{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA","alg":"HS256","kid":"s","use":"sig"}""" },
            { "oct without k", """{"kty":"oct","kid":"s"}""" },
            { "an EC key with k", Text(JwkRows.Ec(null, ("k", "c2VjcmV0"))) },
            { "OKP", """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"o","alg":"EdDSA"}""" },
            { "no kty", Text(JwkRows.Ec(null, ("kty", null))) },
            { "kty in lower case", Text(JwkRows.Ec(null, ("kty", "ec"))) },
            { "an RSA key called EC", Text(JwkRows.Rsa(("kty", "EC"))) },
            { "an EC private key", Text(JwkRows.Ec(null, ("d", x))) },
            { "RSA with one prime", Text(JwkRows.Rsa(("p", "AQAB"))) },
            { "RSA with qi", Text(JwkRows.Rsa(("qi", "AQAB"))) },
            { "RSA with more primes", Text(JwkRows.Rsa(("oth", new JsonArray(new JsonObject())))) },
            { "a private member that is an empty object", Text(JwkRows.Ec(null, ("d", new JsonObject()))) },
            { "a private member that is false", Text(JwkRows.Ec(null, ("d", false))) },
            { "a kty that is null", Text(JwkRows.Ec(null, ("kty", null))).Replace("{", """{"kty":null,""", StringComparison.Ordinal) },
            { "an x that is null", Text(JwkRows.Ec(null, ("x", null))).Replace("{", """{"x":null,""", StringComparison.Ordinal) },
            { "a kid that is null", Text(JwkRows.Ec(null, ("kid", null))).Replace("{", """{"kid":null,""", StringComparison.Ordinal) },
            { "use enc", Text(JwkRows.Ec(null, ("use", "enc"))) },
            { "use that is not a string", Text(JwkRows.Ec(null, ("use", 1))) },
            { "key_ops sign", Text(JwkRows.Ec(null, ("key_ops", new JsonArray("sign")))) },
            { "key_ops sign and verify", Text(JwkRows.Ec(null, ("key_ops", new JsonArray("sign", "verify")))) },
            { "key_ops encrypt", Text(JwkRows.Ec(null, ("key_ops", new JsonArray("encrypt")))) },
            { "key_ops that is a string", Text(JwkRows.Ec(null, ("key_ops", "verify"))) },
            { "alg HS256", Text(JwkRows.Ec(null, ("alg", "HS256"))) },
            { "alg none", Text(JwkRows.Rsa(("alg", "none"))) },
            { "RSA with alg HS256", Text(JwkRows.Rsa(("alg", "HS256"))) },
            { "RSA with alg RS512", Text(JwkRows.Rsa(("alg", "RS512"))) },
            { "RSA with alg RSA-OAEP", Text(JwkRows.Rsa(("alg", "RSA-OAEP"))) },
            { "RSA with alg ES256", Text(JwkRows.Rsa(("alg", "ES256"))) },
            { "P-256 with alg ES384", Text(JwkRows.Ec(null, ("alg", "ES384"))) },
            { "P-256 with alg RS256", Text(JwkRows.Ec(null, ("alg", "RS256"))) },
            { "alg in lower case", Text(JwkRows.Ec(null, ("alg", "es256"))) },
            { "alg that is not a string", Text(JwkRows.Ec(null, ("alg", 256))) },
            { "no kid", Text(JwkRows.Ec(null, ("kid", null))) },
            { "an empty kid", Text(JwkRows.Ec(null, ("kid", ""))) },
            { "a kid that is not a string", Text(JwkRows.Ec(null, ("kid", 7))) },
            { "a kid with a line end", Text(JwkRows.Ec(null, ("kid", "a\nb"))) },
            { "a kid of 129 characters", Text(JwkRows.Ec(null, ("kid", new string('a', 129)))) },
            { "a kid with an unpaired surrogate", Text(JwkRows.Ec(null, ("kid", "KID"))).Replace("KID", "\\ud800", StringComparison.Ordinal) },
            { "over 16 KB", Text(JwkRows.Ec(null, ("x5c", new JsonArray(new string('A', 16 * 1024))))) },
            { "kid twice", Text(JwkRows.Ec()).Replace("{", """{"kid":"other",""", StringComparison.Ordinal) },
            { "an unknown member twice", Text(JwkRows.Ec()).Replace("{", """{"z":1,"z":2,""", StringComparison.Ordinal) },
            { "empty input", "" },
            { "not JSON", "hello" },
            { "a PEM", JwkRows.P256.ExportSubjectPublicKeyInfoPem() },
            { "null", "null" },
            { "an array", "[" + Text(JwkRows.Ec()) + "]" },
            { "a string", "\"" + x + "\"" },
            { "JSON with trailing data", Text(JwkRows.Ec()) + "{}" },
            { "truncated JSON", Text(JwkRows.Ec())[..^1] },
            { "deeply nested JSON", string.Concat(Enumerable.Repeat("[", 5000)) },
        };
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void An_invalid_JWK_is_refused_with_a_reason_that_contains_no_key_material(string name, string jwk)
    {
        JwkReader.TryRead(Encoding.UTF8.GetBytes(jwk), out var problem).ShouldBeNull(name);

        problem.ShouldNotBeNullOrWhiteSpace();
        problem.ShouldNotEndWith(".");
        problem.Length.ShouldBeLessThan(120);
        problem.ShouldNotContain(Coordinate(point => point.X!));
        problem.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        JwkReader.TryRead(new byte[] { 0xff, 0xfe, 0x7b, 0x7d }, out var problem).ShouldBeNull();
        problem.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_key_verifies_signatures_of_its_private_key_with_its_algorithm_only(string algorithm)
    {
        var (jwk, signing) = CreatePair(algorithm);

        var key = JwkReader.TryRead(JwkRows.Bytes(jwk), out var problem);

        problem.ShouldBeNull();
        key!.Algorithm.ShouldBe(algorithm);
        key.KeyId.ToString().ShouldBe((string?)jwk["kid"]);
        key.SecurityKey.KeyId.ShouldBe(key.KeyId.ToString());
        KeyAlgorithms.Of(key.SecurityKey).ShouldBe([algorithm]);
        key.SecurityKey.ShouldBeAssignableTo<AsymmetricSecurityKey>()!.PrivateKeyStatus.ShouldNotBe(PrivateKeyStatus.Exists);
        var token = new JsonWebTokenHandler().CreateToken("""{"iss":"orders"}""", new SigningCredentials(signing, algorithm));
        var policy = new TokenPolicy(new RewtOptions(), TokenTypes.Bearer, null).For(key.SecurityKey);
        (await new JsonWebTokenHandler().ValidateTokenAsync(token, policy)).IsValid.ShouldBeTrue();
        (await new JsonWebTokenHandler().ValidateTokenAsync(token[..^8] + "AAAAAAAA", policy)).IsValid.ShouldBeFalse();
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(4096)]
    public void RSA_keys_of_2048_to_4096_bits_are_accepted(int bits) =>
        JwkReader.TryRead(JwkRows.Bytes(JwkRows.Rsa(("n", JwkRows.Modulus(bits)))), out _).ShouldNotBeNull();

    [Fact]
    public void JWK_members_that_do_not_concern_the_key_are_ignored()
    {
        var jwk = JwkRows.Ec(null, ("use", null), ("alg", null), ("key_ops", new JsonArray("verify")), ("x5t", "abc"), ("exp", 1), ("note", new JsonObject()));

        JwkReader.TryRead(JwkRows.Bytes(jwk), out _)!.Algorithm.ShouldBe("ES256");
        JwkReader.TryRead(JwkRows.Bytes(JwkRows.Rsa(("alg", null))), out _)!.Algorithm.ShouldBe("RS256");
    }

    [Fact]
    public void A_JWK_with_the_certificate_of_another_key_is_refused()
    {
        using var otherEc = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherRsa = RSA.Create(2048);
        JsonObject[] valid = [JwkRows.Ec(null, ("x5c", Chain(JwkRows.P256))), JwkRows.Ec(JwkRows.P384, ("x5c", Chain(JwkRows.P384, otherEc))), JwkRows.Rsa(("x5c", Chain(JwkRows.Rsa2048))), JwkRows.Rsa(("alg", "PS256"), ("x5c", Chain(JwkRows.Rsa2048)))];
        JsonObject[] invalid =
        [
            JwkRows.Ec(null, ("x5c", Chain(otherEc))), JwkRows.Ec(null, ("x5c", Chain(otherEc, JwkRows.P256))), JwkRows.Ec(null, ("x5c", Chain(JwkRows.P384))),
            JwkRows.Ec(null, ("x5c", Chain(JwkRows.Rsa2048))), JwkRows.Rsa(("x5c", Chain(otherRsa))), JwkRows.Rsa(("x5c", Chain(JwkRows.P256))),
            JwkRows.Ec(null, ("x5c", new JsonArray("MIIB"))), JwkRows.Ec(null, ("x5c", new JsonArray("no base64"))), JwkRows.Ec(null, ("x5c", new JsonArray(7))),
            JwkRows.Ec(null, ("x5c", new JsonArray((JsonNode?)null))), JwkRows.Ec(null, ("x5c", "MIIB")), JwkRows.Ec(null, ("x5c", new JsonObject())),
        ];

        foreach (var jwk in valid) JwkReader.TryRead(JwkRows.Bytes(jwk), out var problem).ShouldNotBeNull(problem);
        foreach (var jwk in invalid)
        {
            JwkReader.TryRead(JwkRows.Bytes(jwk), out var problem).ShouldBeNull(jwk.ToJsonString());
            problem.ShouldNotBeNull().ShouldContain("x5c");
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void A_JWK_member_that_is_null_or_empty_is_treated_as_absent(string value)
    {
        // System.Text.Json writes all members of a JsonWebKey, including those that the key type does not have.
        string[] absent = ["alg", "use", "key_ops", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "x5c", "x5t", "x5t#S256", "x5u", "kid"];
        var members = string.Concat(absent.Select(name => $"\"{name}\":{value},"));
        foreach (var jwk in new[] { JwkRows.Ec(null, ("alg", null), ("use", null), ("kid", null), ("n", "")), JwkRows.Rsa(("alg", null), ("use", null), ("kid", null), ("crv", "")) })
        {
            var key = JwkReader.TryRead(Encoding.UTF8.GetBytes(Text(jwk).Replace("{", "{" + members, StringComparison.Ordinal)), out var problem, keyIdRequired: false);

            problem.ShouldBeNull();
            key!.KeyId.ToString().ShouldBe(key.Thumbprint);
        }
    }

    [Fact]
    public void The_example_key_of_RFC_7638_is_refused_because_its_private_key_is_published()
    {
        // The key is the example of section 3.1; its private key is published in RFC 7517.
        const string Example = """
            {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
            """;

        JwkReader.TryRead(Encoding.UTF8.GetBytes(Example), out var problem).ShouldBeNull();
        problem.ShouldBe(PublishedPrivateKeys.Problem);
    }

    [Fact]
    public void A_key_without_a_kid_is_identified_by_its_thumbprint_if_allowed()
    {
        var key = JwkReader.TryRead(JwkRows.Bytes(JwkRows.Ec(null, ("kid", null))), out _, keyIdRequired: false)!;

        key.KeyId.ToString().ShouldBe(key.Thumbprint);
        key.KeyId.ShouldBe(PublicKey.From(JwkRows.P256).KeyId);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public void A_written_JWK_has_public_members_only_and_reads_as_the_same_key(string algorithm)
    {
        PublicKey[] keys =
        [
            PublicKey.From(JwkRows.P256), PublicKey.From(JwkRows.P384, KeyId.Parse("named")), PublicKey.From(JwkRows.Rsa2048, "RS256"), PublicKey.From(JwkRows.Rsa2048, "PS256", KeyId.Parse("other")),
        ];
        var key = keys.Single(key => key.Algorithm == algorithm);

        var restored = JwkReader.TryRead(Encoding.UTF8.GetBytes(key.ToJwk()), out var problem);

        problem.ShouldBeNull();
        (restored!.KeyId, restored.Thumbprint, restored.Algorithm).ShouldBe((key.KeyId, key.Thumbprint, key.Algorithm));
        JsonDocument.Parse(key.ToJwk()).RootElement.EnumerateObject().Select(member => member.Name)
            .ShouldBe(algorithm.StartsWith("ES", StringComparison.Ordinal) ? ["crv", "kty", "x", "y", "alg", "kid", "use"] : ["e", "kty", "n", "alg", "kid", "use"]);
    }

    [Fact]
    public void A_public_key_cannot_contain_a_symmetric_or_private_key()
    {
        var types = typeof(PublicKey).GetMethods().Concat(typeof(JwkReader).GetMethods()).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType));
        types.ShouldNotContain(type => typeof(SymmetricSecurityKey).IsAssignableFrom(type) || typeof(HMAC).IsAssignableFrom(type) || type == typeof(Secret) || type == typeof(RingKey));
        typeof(PublicKey).GetConstructors().ShouldBeEmpty();

        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = pair.ExportParameters(includePrivateParameters: true);
        var key = PublicKey.TryCreate(secret, null, out _)!;
        key.ToJwk().ShouldNotContain(Base64Url.EncodeToString(secret.D));
        ((ECDsaSecurityKey)key.SecurityKey).PrivateKeyStatus.ShouldNotBe(PrivateKeyStatus.Exists);
    }

    [Theory]
    [InlineData("1024")]
    [InlineData("P-521")]
    public void A_key_pair_that_receivers_would_refuse_throws_with_the_reason(string kind)
    {
        using var weak = RSA.Create(1024);
        using var unsupported = ECDsa.Create(ECCurve.NamedCurves.nistP521);

        var error = Should.Throw<ArgumentException>(() => kind == "1024" ? PublicKey.From(weak, "RS256") : PublicKey.From(unsupported));

        error.Message.ShouldContain(kind == "1024" ? "1024 bits" : "P-256 or P-384");
    }

    /// <summary>Tests that a modified key is refused without an exception, or is read as a key that can be written and read again.</summary>
    [Fact]
    public void Modified_JWKs_never_make_the_reader_throw()
    {
        var valid = new[] { JwkRows.Bytes(JwkRows.Ec()), JwkRows.Bytes(JwkRows.Rsa()) };
        var changes = from index in Gen.Choose(0, 1)
                      from position in Gen.Choose(0, 4000)
                      from kind in Gen.Choose(0, 3)
                      from value in Gen.Choose(0, 255)
                      select Modify(valid[index], position, kind, (byte)value);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Arb.From(changes), ReadsOrRefuses));
    }

    [Fact]
    public void Unexpected_member_values_never_make_the_reader_throw()
    {
        JsonNode?[] unexpected = [0, -1, 1.5, true, "", "\0", "é", new string('A', 300), new JsonObject(), new JsonArray("verify", 1), new JsonArray(new JsonArray())];
        foreach (var name in KnownMembers)
        {
            foreach (var value in unexpected)
            {
                ReadsOrRefuses(JwkRows.Bytes(JwkRows.Ec(null, (name, value?.DeepClone())))).ShouldBeTrue(name);
                ReadsOrRefuses(JwkRows.Bytes(JwkRows.Rsa((name, value?.DeepClone())))).ShouldBeTrue(name);
            }
        }
    }

    private static bool ReadsOrRefuses(byte[] jwk)
    {
        var key = JwkReader.TryRead(jwk, out var problem);
        return key is null ? problem is not null : problem is null && JwkReader.TryRead(Encoding.UTF8.GetBytes(key.ToJwk()), out _)!.Thumbprint == key.Thumbprint;
    }

    private static byte[] Modify(byte[] jwk, int position, int kind, byte value)
    {
        var at = position % jwk.Length;
        return kind switch
        {
            0 => [.. jwk[..at], value, .. jwk[(at + 1)..]],
            1 => [.. jwk[..at], value, .. jwk[at..]],
            2 => [.. jwk[..at], .. jwk[(at + 1)..]],
            _ => jwk[..at],
        };
    }

    private static (JsonObject Jwk, SecurityKey Signing) CreatePair(string algorithm) => algorithm switch
    {
        "ES256" => (JwkRows.Ec(), new ECDsaSecurityKey(JwkRows.P256)),
        "ES384" => (JwkRows.Ec(JwkRows.P384), new ECDsaSecurityKey(JwkRows.P384)),
        _ => (JwkRows.Rsa(("alg", algorithm)), new RsaSecurityKey(JwkRows.Rsa2048)),
    };

    private static JsonArray Chain(params AsymmetricAlgorithm[] keys) => [.. keys.Select(key => (JsonNode)Convert.ToBase64String(Certificate(key)))];

    private static byte[] Certificate(AsymmetricAlgorithm key)
    {
        var request = key is RSA rsa
            ? new CertificateRequest("CN=auth", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=auth", (ECDsa)key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return certificate.RawData;
    }

    private static string Text(JsonNode jwk) => Encoding.UTF8.GetString(JwkRows.Bytes(jwk));

    private static string Coordinate(Func<ECPoint, byte[]> take) => Base64Url.EncodeToString(take(JwkRows.P256.ExportParameters(includePrivateParameters: false).Q));

    /// <summary>Sets a surplus bit in the last of 43 characters, which many decoders ignore.</summary>
    private static char NotCanonical(char last)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet[Alphabet.IndexOf(last, StringComparison.Ordinal) | 1];
    }
}
