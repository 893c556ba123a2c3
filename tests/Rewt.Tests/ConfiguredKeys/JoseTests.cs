using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests interoperability with npm <c>jose</c>.</summary>
public sealed class JoseTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_foreign_verifier_verifies_tokens_with_the_published_key_set(string algorithm)
    {
        Require.Node();
        using var directory = new ScratchDirectory();
        var pem = algorithm switch
        {
            "ES256" => JwkRows.P256.ExportPkcs8PrivateKeyPem(),
            "ES384" => JwkRows.P384.ExportPkcs8PrivateKeyPem(),
            _ => JwkRows.Rsa2048.ExportPkcs8PrivateKeyPem(),
        };
        await using var service = await KeyService.StartAsync("auth", ("SigningKey:File", directory.Write("jwt.key", pem)), ("KeyPairs:Algorithm", algorithm == "ES384" ? "ES256" : algorithm));
        var token = await service.SignAsync("inventory");

        var accepted = await VerifyAsync(service.Jwks, token, algorithm, "inventory");
        var tampered = await VerifyAsync(service.Jwks, token[..^6] + "AAAAAA", algorithm, "inventory");
        var wrongAudience = await VerifyAsync(service.Jwks, token, algorithm, "shipping");

        accepted.GetProperty("ok").GetBoolean().ShouldBeTrue(accepted.ToString());
        accepted.GetProperty("payload").GetProperty("iss").GetString().ShouldBe("auth");
        accepted.GetProperty("header").GetProperty("alg").GetString().ShouldBe(algorithm);
        tampered.GetProperty("error").GetString().ShouldBe("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
        wrongAudience.GetProperty("error").GetString().ShouldBe("ERR_JWT_CLAIM_VALIDATION_FAILED");
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_token_of_a_foreign_signer_is_verified_with_its_key_set(string algorithm)
    {
        Require.Node();
        using var directory = new ScratchDirectory();
        var signed = await RunAsync(new { op = "sign", algorithm, issuer = "https://auth.example/", audience = "inventory" });
        await using var service = await KeyService.StartAsync("inventory", ("VerificationKeys:0", directory.Write("jwks.json", signed.GetProperty("jwks").GetRawText())));

        var (status, text) = await service.AskAsync(signed.GetProperty("token").GetString()!);

        status.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("userId=u-42");
    }

    private static Task<JsonElement> VerifyAsync(string jwks, string token, string algorithm, string audience) =>
        RunAsync(new { op = "verify", jwks, token, issuer = "auth", audience, algorithms = new[] { algorithm } });

    private static async Task<JsonElement> RunAsync(object command) => JsonSerializer.Deserialize<JsonElement>(await Programs.OutputAsync(
        Executables.Node!, ["jose.mjs"], Path.Combine(RepositoryRoot.Path, "tests", "interop"), input: JsonSerializer.Serialize(command)));
}
