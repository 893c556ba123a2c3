using Rewt.Tests.ConfiguredKeys;
using Rewt.Tests.PublicKeys;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.BadInput;

/// <summary>
/// Verifies that a signature has exactly the length of its algorithm: RFC 8017 §8.1.2 and §8.2.2 for RSA, RFC 7518 §3.4 for EC. About one RSA signature in 256
/// begins with a zero byte, and the number without that byte is the same number.
/// </summary>
public sealed class SignatureLengthTests
{
    private static readonly string Keys =
        $$"""{"keys":[{{PublicKey.From(JwkRows.Rsa2048, "RS256", KeyId.Parse("RS256")).ToJwk()}},{{PublicKey.From(JwkRows.Rsa2048, "PS256", KeyId.Parse("PS256")).ToJwk()}},{{PublicKey.From(JwkRows.P256, KeyId.Parse("ES256")).ToJwk()}}]}""";

    [Theory]
    [InlineData("RS256", false)]
    [InlineData("RS256", true)]
    [InlineData("PS256", false)]
    [InlineData("PS256", true)]
    [InlineData("ES256", false)]
    [InlineData("ES256", true)]
    public async Task A_signature_that_is_one_byte_too_short_or_too_long_is_refused(string algorithm, bool hasValidationParameters)
    {
        await using var service = await KeyService.StartAsync(
            "inventory",
            [("VerificationKeys:0", Keys)],
            builder =>
            {
                if (hasValidationParameters) builder.Services.Configure<JwtBearerOptions>("Rewt", options => options.TokenValidationParameters.ValidIssuer = "auth");
            },
            null);
        var (signed, signature) = WithLeadingZero(algorithm);

        (await service.AskAsync($"{signed}.{Base64Url.EncodeToString(signature)}")).Status.ShouldBe(HttpStatusCode.OK);
        (await service.AskAsync($"{signed}.{Base64Url.EncodeToString(signature.AsSpan(1))}")).Text.ShouldContain("rewt_error=\"invalid\"");
        (await service.AskAsync($"{signed}.{Base64Url.EncodeToString([0, .. signature])}")).Text.ShouldContain("rewt_error=\"invalid\"");
        (await service.AskAsync($"{signed}.{Base64Url.EncodeToString([.. signature, 0])}")).Text.ShouldContain("rewt_error=\"invalid\"");
    }

    [Fact]
    public void The_proof_of_a_published_key_must_have_the_exact_length()
    {
        using var key = RSA.Create(2048);
        for (var name = 0; ; name++)
        {
            var pair = new KeyPair(RSA.Create(key.ExportParameters(true)), "PS256");
            var proof = Base64Url.DecodeFromChars(KeyProof.Make(pair, new("rewt", $"orders-{name}")));
            if (proof[0] != 0) continue;

            KeyProof.Holds(pair.Public, new("rewt", $"orders-{name}"), Base64Url.EncodeToString(proof)).ShouldBeTrue();
            KeyProof.Holds(pair.Public, new("rewt", $"orders-{name}"), Base64Url.EncodeToString(proof.AsSpan(1))).ShouldBeFalse();
            return;
        }
    }

    private static (string Signed, byte[] Signature) WithLeadingZero(string algorithm)
    {
        var claims = ForeignToken.Claims("auth", "inventory");
        for (var id = 0; ; id++)
        {
            claims["jti"] = id.ToString(CultureInfo.InvariantCulture);
            var token = ForeignToken.Sign(algorithm == "ES256" ? JwkRows.P256 : JwkRows.Rsa2048, claims, keyId: algorithm, algorithm: algorithm);
            var dot = token.LastIndexOf('.');
            var signature = Base64Url.DecodeFromChars(token.AsSpan(dot + 1));
            if (signature[0] == 0) return (token[..dot], signature);
        }
    }
}
