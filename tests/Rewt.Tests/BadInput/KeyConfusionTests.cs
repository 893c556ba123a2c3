namespace Rewt.Tests.BadInput;

/// <summary>Verifies that a public key, which is not secret, is never used as an HMAC secret.</summary>
public sealed class KeyConfusionTests : WithServices
{
    private static readonly ECDsa EcKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA RsaKey = RSA.Create(2048);

    private readonly TokenForge _forge = new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    private TestService _host = null!;

    public static MatrixTheoryData<string, string> EncodedKeys =>
        new(["ec", "rsa"], ["pem", "pem without line ends", "der", "base64", "jwk", "pkcs1", "key id", "x"]);

    public override async ValueTask InitializeAsync() => _host = await DisposeAfterTestAsync(TestService.StartAsync(null, configure: builder =>
        builder.Services.Replace(ServiceDescriptor.Singleton<IIssuerSigningKeyResolver>(new PublicKeys(EcKey, RsaKey)))));

    [Theory]
    [MemberData(nameof(EncodedKeys))]
    public async Task A_public_key_is_never_accepted_as_an_HMAC_secret(string key, string encoding)
    {
        AsymmetricAlgorithm algorithm = key == "ec" ? EcKey : RsaKey;
        var secret = encoding switch
        {
            "pem" => Encoding.ASCII.GetBytes(algorithm.ExportSubjectPublicKeyInfoPem()),
            "pem without line ends" => Encoding.ASCII.GetBytes(algorithm.ExportSubjectPublicKeyInfoPem().Replace("\n", "", StringComparison.Ordinal)),
            "der" => algorithm.ExportSubjectPublicKeyInfo(),
            "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(algorithm.ExportSubjectPublicKeyInfo())),
            "jwk" => Encoding.ASCII.GetBytes(JsonWebKeyConverter.ConvertFromSecurityKey(Key(key)).ToString()),
            "pkcs1" => RsaKey.ExportRSAPublicKey(),
            "key id" => Encoding.ASCII.GetBytes(key),
            _ => EcKey.ExportParameters(false).Q.X!,
        };
        var forge = _forge.HeaderMember("kid", $"\"{key}\"");

        await ShouldRespondAsync(AlgorithmRows.Signed(forge, bytes => HMACSHA256.HashData(secret, bytes)), HttpStatusCode.Unauthorized);
        await ShouldRespondAsync(
            AlgorithmRows.Signed(forge.HeaderMember("alg", key == "ec" ? "\"ES256\"" : "\"RS256\""), bytes => HMACSHA256.HashData(secret, bytes)),
            HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_verifies_only_signatures_of_its_own_algorithm()
    {
        var ec = _forge.HeaderMember("kid", "\"ec\"");
        var rsa = _forge.HeaderMember("kid", "\"rsa\"");

        await ShouldRespondAsync(Ecdsa(ec.HeaderMember("alg", "\"ES256\""), HashAlgorithmName.SHA256), HttpStatusCode.OK);
        await ShouldRespondAsync(Rsa(rsa.HeaderMember("alg", "\"RS256\""), HashAlgorithmName.SHA256), HttpStatusCode.OK);
        await ShouldRespondAsync(Ecdsa(ec.HeaderMember("alg", "\"ES384\""), HashAlgorithmName.SHA384), HttpStatusCode.Unauthorized);
        await ShouldRespondAsync(Rsa(rsa.HeaderMember("alg", "\"RS512\""), HashAlgorithmName.SHA512), HttpStatusCode.Unauthorized);
        await ShouldRespondAsync(Rsa(rsa.HeaderMember("alg", "\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\""), HashAlgorithmName.SHA256), HttpStatusCode.Unauthorized);
        await ShouldRespondAsync(Ecdsa(ec.HeaderMember("alg", "\"RS256\""), HashAlgorithmName.SHA256), HttpStatusCode.Unauthorized);
        await ShouldRespondAsync(ec.HeaderMember("alg", "\"none\"").Token, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_symmetric_key_that_is_shorter_than_its_hash_is_not_used()
    {
        var resolver = new PublicKeys(EcKey, RsaKey) { Other = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("thirty-one bytes are too short.")) };
        await using var host = await TestService.StartAsync(null, configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<IIssuerSigningKeyResolver>(resolver)));
        var token = AlgorithmRows.Signed(_forge, bytes => HMACSHA256.HashData("thirty-one bytes are too short."u8, bytes));

        (await host.Tokens.VerifyBearerAsync(token, Cancellation)).IsValid.ShouldBeFalse();
    }

    private static string Ecdsa(TokenForge forge, HashAlgorithmName hash) => AlgorithmRows.Signed(forge, bytes => EcKey.SignData(bytes, hash));

    private static string Rsa(TokenForge forge, HashAlgorithmName hash) => AlgorithmRows.Signed(forge, bytes => RsaKey.SignData(bytes, hash, RSASignaturePadding.Pkcs1));

    private static SecurityKey Key(string name) => name == "ec" ? new ECDsaSecurityKey(EcKey) : new RsaSecurityKey(RsaKey.ExportParameters(false));

    private async Task ShouldRespondAsync(string token, HttpStatusCode status)
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
