using System.Security.Cryptography.X509Certificates;
using Rewt.Tests.PublicKeys;
using StackExchange.Redis;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests a service that signs with its own private key and services that have its public key. All keys are created for the test run.</summary>
public sealed class SigningKeyTests
{
    private const string Password = "a password for a test";

    private static readonly Dictionary<string, (AsymmetricAlgorithm Key, string Pem)> PrivateKeys = new(StringComparer.Ordinal)
    {
        ["PKCS #1"] = (JwkRows.Rsa2048, JwkRows.Rsa2048.ExportRSAPrivateKeyPem()),
        ["PKCS #8, RSA"] = (JwkRows.Rsa2048, JwkRows.Rsa2048.ExportPkcs8PrivateKeyPem()),
        ["PKCS #8, P-256"] = (JwkRows.P256, JwkRows.P256.ExportPkcs8PrivateKeyPem()),
        ["SEC 1, P-384"] = (JwkRows.P384, JwkRows.P384.ExportECPrivateKeyPem()),
        ["encrypted"] = (JwkRows.P256, JwkRows.P256.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
    };

    public static TheoryData<string, string> KeysAndForms()
    {
        string[] forms = ["a PEM file", "a file of ssh-keygen", "the text itself", "a JWKS file", "a JWKS address"];
        // Combines every kind of key with the first form, and an RSA and an EC key with every other form.
        return [.. PrivateKeys.Keys.Select(key => (key, forms[0])).Concat(forms.Skip(1).SelectMany(form => new[] { ("PKCS #1", form), ("SEC 1, P-384", form) }))];
    }

    [Theory]
    [MemberData(nameof(KeysAndForms))]
    public async Task A_token_signed_with_a_private_key_is_accepted_with_its_public_key(string key, string form)
    {
        using var directory = new ScratchDirectory();
        var (pair, pem) = PrivateKeys[key];
        await using var signer = await KeyService.StartAsync(
            "auth", [("SigningKey:File", directory.Write("jwt.key", pem)), .. key == "encrypted" ? [("SigningKey:Password", Password)] : Array.Empty<(string, string)>()], null, null);
        var place = form switch
        {
            "a PEM file" => directory.Write("jwt.pem", pair.ExportSubjectPublicKeyInfoPem()),
            "a file of ssh-keygen" => directory.Write("jwt.key.pub", pair is RSA rsa ? SshLine.Of(rsa) : SshLine.Of((ECDsa)pair)),
            "the text itself" => pair.ExportSubjectPublicKeyInfoPem(),
            "a JWKS file" => directory.Write("jwks.json", await signer.Http.GetStringAsync(new Uri(signer.Jwks), Cancellation)),
            _ => signer.Jwks,
        };
        await using var verifier = await KeyService.StartAsync("inventory", ("VerificationKeys:0", place));

        var (status, text) = await verifier.AskAsync(await signer.SignAsync("inventory"));

        status.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("iss=auth");
        (await verifier.AskAsync(await signer.SignAsync("shipping"))).Text.ShouldContain("bad_audience");
        (await Should.ThrowAsync<RewtKeysUnavailableException>(() => verifier.SignAsync("auth"))).Message.ShouldContain("Rewt:SigningKey:File");
    }

    [Fact]
    public async Task A_service_with_a_configured_signing_key_works_without_Redis()
    {
        using var directory = new ScratchDirectory();
        await using var signer = await KeyService.StartAsync("auth", ("SigningKey:File", directory.Write("jwt.key", JwkRows.P256.ExportPkcs8PrivateKeyPem())));

        signer.Services.GetService<IConnectionMultiplexer>().ShouldBeNull();
        (await signer.AskAsync(await signer.SignAsync("auth"))).Status.ShouldBe(HttpStatusCode.OK);
        (await signer.Services.GetRequiredService<IRewtKeyRing>().GetAsync(Cancellation)).Current!.KeyId.ShouldBe(PublicKey.From(JwkRows.P256).Thumbprint);
    }

    [Fact]
    public async Task A_relative_key_file_path_is_resolved_from_the_content_root()
    {
        using var directory = new ScratchDirectory();
        directory.Write("jwt.key", JwkRows.P256.ExportPkcs8PrivateKeyPem());
        directory.Write("jwt.pem", JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Hosting.IHostEnvironment>(new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { ContentRootPath = directory.Path, ApplicationName = "auth" });
        services.AddRewtKeys(options =>
        {
            options.SigningKey.File = "jwt.key";
            options.VerificationKeys.Add("jwt.pem");
        });
        await using var provider = services.BuildServiceProvider();
        var data = provider.GetRequiredService<IRewtSignedData>();

        var signed = await data.SignTextAsync("text", Cancellation);

        (await data.VerifyAsync(signed, Cancellation)).Text.ShouldBe("text");
    }

    [Theory]
    [InlineData("RSA", "RS256")]
    [InlineData("RSA", "PS256")]
    [InlineData("EC", "ES256")]
    public async Task A_certificate_with_a_private_key_signs_tokens(string kind, string algorithm)
    {
        var name = new X500DistinguishedName("CN=auth");
        var request = kind == "RSA"
            ? new CertificateRequest(name, JwkRows.Rsa2048, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name, JwkRows.P256, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var directory = new ScratchDirectory();
        (string, string)[] settings = algorithm == "PS256" ? [("KeyPairs:Algorithm", "PS256")] : [];
        await using var signer = await KeyService.StartAsync(
            "auth", settings, builder => builder.Services.Configure<RewtOptions>(options => options.SigningKey.Certificate = certificate), null);
        await using var verifier = await KeyService.StartAsync("inventory", [("VerificationKeys:0", directory.Write("auth.crt", certificate.ExportCertificatePem())), .. settings]);

        var token = await signer.SignAsync("inventory");

        TokenHeader.TryRead(token)!.Algorithm.ShouldBe(algorithm);
        (await verifier.AskAsync(token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Configured_keys_cannot_be_rotated_or_revoked_through_the_key_ring()
    {
        using var directory = new ScratchDirectory();
        await using var signer = await KeyService.StartAsync("auth", ("SigningKey:File", directory.Write("jwt.key", JwkRows.P256.ExportPkcs8PrivateKeyPem())));
        var ring = signer.Services.GetRequiredService<IRewtKeyRing>();

        (await Should.ThrowAsync<NotSupportedException>(() => ring.RotateAsync(Cancellation))).Message.ShouldContain("Rewt:SigningKey:File");
        await Should.ThrowAsync<NotSupportedException>(() => ring.RevokeAsync(PublicKey.From(JwkRows.P256).KeyId.ToString(), Cancellation));
    }
}
