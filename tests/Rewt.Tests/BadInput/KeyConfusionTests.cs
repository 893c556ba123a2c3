namespace Rewt.Tests.BadInput;

/// <summary>A service that holds public keys: everybody knows them, so none may ever be an HMAC secret.</summary>
public sealed class KeyConfusionTests : WithServices
{
    private static readonly ECDsa Ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA Rivest = RSA.Create(2048);

    private readonly TokenForge _forge = new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    private TestService _host = null!;

    public static MatrixTheoryData<string, string> Confusions =>
        new(["ec", "rsa"], ["pem", "pem without line ends", "der", "base64", "jwk", "pkcs1", "key id", "x"]);

    public override async ValueTask InitializeAsync() => _host = await EndingAsync(TestService.StartAsync(null, configure: builder =>
        builder.Services.Replace(ServiceDescriptor.Singleton<IIssuerSigningKeyResolver>(new PublicKeys(Ec, Rivest)))));

    [Theory]
    [MemberData(nameof(Confusions))]
    public async Task A_public_key_is_never_an_HMAC_secret(string key, string encoding)
    {
        AsymmetricAlgorithm algorithm = key == "ec" ? Ec : Rivest;
        var secret = encoding switch
        {
            "pem" => Encoding.ASCII.GetBytes(algorithm.ExportSubjectPublicKeyInfoPem()),
            "pem without line ends" => Encoding.ASCII.GetBytes(algorithm.ExportSubjectPublicKeyInfoPem().Replace("\n", "", StringComparison.Ordinal)),
            "der" => algorithm.ExportSubjectPublicKeyInfo(),
            "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(algorithm.ExportSubjectPublicKeyInfo())),
            "jwk" => Encoding.ASCII.GetBytes(JsonWebKeyConverter.ConvertFromSecurityKey(Key(key)).ToString()),
            "pkcs1" => Rivest.ExportRSAPublicKey(),
            "key id" => Encoding.ASCII.GetBytes(key),
            _ => Ec.ExportParameters(false).Q.X!,
        };
        var forge = _forge.HeaderMember("kid", $"\"{key}\"");

        await ShouldAnswerAsync(AlgorithmRows.Signed(forge, bytes => HMACSHA256.HashData(secret, bytes)), HttpStatusCode.Unauthorized);
        await ShouldAnswerAsync(
            AlgorithmRows.Signed(forge.HeaderMember("alg", key == "ec" ? "\"ES256\"" : "\"RS256\""), bytes => HMACSHA256.HashData(secret, bytes)),
            HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_signs_with_its_own_algorithm_only()
    {
        var ec = _forge.HeaderMember("kid", "\"ec\"");
        var rsa = _forge.HeaderMember("kid", "\"rsa\"");

        await ShouldAnswerAsync(Ecdsa(ec.HeaderMember("alg", "\"ES256\""), HashAlgorithmName.SHA256), HttpStatusCode.OK);
        await ShouldAnswerAsync(Rsa(rsa.HeaderMember("alg", "\"RS256\""), HashAlgorithmName.SHA256), HttpStatusCode.OK);
        await ShouldAnswerAsync(Ecdsa(ec.HeaderMember("alg", "\"ES384\""), HashAlgorithmName.SHA384), HttpStatusCode.Unauthorized);
        await ShouldAnswerAsync(Rsa(rsa.HeaderMember("alg", "\"RS512\""), HashAlgorithmName.SHA512), HttpStatusCode.Unauthorized);
        await ShouldAnswerAsync(Rsa(rsa.HeaderMember("alg", "\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\""), HashAlgorithmName.SHA256), HttpStatusCode.Unauthorized);
        await ShouldAnswerAsync(Ecdsa(ec.HeaderMember("alg", "\"RS256\""), HashAlgorithmName.SHA256), HttpStatusCode.Unauthorized);
        await ShouldAnswerAsync(ec.HeaderMember("alg", "\"none\"").Token, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_symmetric_key_of_the_application_must_be_as_long_as_its_hash()
    {
        var resolver = new PublicKeys(Ec, Rivest) { Other = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("thirty-one bytes are too short.")) };
        await using var host = await TestService.StartAsync(null, configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<IIssuerSigningKeyResolver>(resolver)));
        var token = AlgorithmRows.Signed(_forge, bytes => HMACSHA256.HashData("thirty-one bytes are too short."u8, bytes));

        (await host.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBeFalse();
    }

    private static string Ecdsa(TokenForge forge, HashAlgorithmName hash) => AlgorithmRows.Signed(forge, bytes => Ec.SignData(bytes, hash));

    private static string Rsa(TokenForge forge, HashAlgorithmName hash) => AlgorithmRows.Signed(forge, bytes => Rivest.SignData(bytes, hash, RSASignaturePadding.Pkcs1));

    private static SecurityKey Key(string name) => name == "ec" ? new ECDsaSecurityKey(Ec) : new RsaSecurityKey(Rivest.ExportParameters(false));

    private async Task ShouldAnswerAsync(string token, HttpStatusCode status)
    {
        (await _host.CallAsync(token).StatusAsync()).ShouldBe(status);
        (await _host.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBe(status == HttpStatusCode.OK);
    }

    private sealed class PublicKeys(ECDsa ecdsa, RSA rsa) : IIssuerSigningKeyResolver
    {
        private readonly ECDsaSecurityKey _ecdsa = new(ECDsa.Create(ecdsa.ExportParameters(false))) { KeyId = "ec" };
        private readonly RsaSecurityKey _rsa = new(rsa.ExportParameters(false)) { KeyId = "rsa" };

        public SecurityKey? Other { get; init; }

        public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(RewtKeyRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<SecurityKey>>(request.KeyId switch { "ec" => [_ecdsa], "rsa" => [_rsa], _ => Other is null ? [] : [Other] });
    }
}
