using Microsoft.Extensions.Configuration;
using Rewt.Tests.PublicKeys;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Tests that an invalid setting of configured keys prevents the start with a message that names the setting.</summary>
public sealed class ConfiguredKeyOptionsTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public static TheoryData<string, string> InvalidSettings() => new()
    {
        { "SigningKey:File={dir}/missing.key", "Rewt:SigningKey:File names" },
        { "SigningKey:File={dir}/missing.key", "ssh-keygen -t rsa -b 4096 -m pem" },
        { "SigningKey:File={dir}/public.pem", "no private key" },
        { "SigningKey:File={dir}/encrypted.key", "Rewt:SigningKey:File names" },
        { "SigningKey:File={dir}/encrypted.key", "set its password in SigningKey:Password" },
        { "SigningKey:File={dir}/encrypted.key;SigningKey:Password=wrong", "with this password" },
        { "SigningKey:File={dir}/weak.key", "1024 bits" },
        { "SigningKey:File={dir}/odd.key", "P-256 or P-384" },
        { "SigningKey:File={dir}/rsa.key;KeyPairs:Algorithm=ES384", "KeyPairs:Algorithm is ES384, but the signing key is RSA" },
        { "SigningKey:File={dir}/ec.key;KeyPairs:Algorithm=RS256", "KeyPairs:Algorithm is RS256, but the signing key is EC" },
        { "SigningKey:File={dir}", "Rewt:SigningKey:File" },
        { "SigningKey:File={dir}/ec.key;KeyMode=SharedSecret", "Rewt:KeyMode is SharedSecret, but the keys in SigningKey and VerificationKeys are key pairs" },
        { "VerificationKeys:0={dir}/public.pem;KeyMode=SharedSecret", "Remove KeyMode, or set it to KeyPair" },
        { "SigningKey:Password=secret;Redis=localhost", "Rewt:SigningKey:Password is set, but SigningKey:File is not" },
        { "VerificationKeys:0={dir}/public.pem;AlsoAccept=SharedSecret", "Rewt:AlsoAccept applies only to keys in" },
        { "VerificationKeys:0={dir}/missing.pem", "Rewt:VerificationKeys:0 is invalid: the file" },
        { "VerificationKeys:0={dir}/missing.pem", "does not exist" },
        { "VerificationKeys:0={dir}/public.pem;VerificationKeys:1={dir}/ec.key", "Rewt:VerificationKeys:1 is invalid" },
        { "VerificationKeys:0={dir}/ec.key", "private key" },
        { "VerificationKeys:0={dir}/oct.json", "contains no usable key (key 1: the key is symmetric (oct))" },
        { "VerificationKeys:0={dir}/empty.json", "contains no usable key" },
        { "VerificationKeys:0=ssh-rsa AAAA", "damaged" },
        { "VerificationKeys:0= ", "Rewt:VerificationKeys:0 is empty" },
        { "VerificationKeys:0=http://auth.example/jwks.json", "AllowInsecureHttp" },
        { "VerificationKeys:0=http://localhost.evil.example/jwks.json", "AllowInsecureHttp" },
        { "VerificationKeys:0=https://user:password@auth.example/jwks.json", "contains a user name or password" },
        { "VerificationKeys:0=https://", "is not a valid address" },
        { "RequiredClaims:0=user_id;Redis=localhost", "Rewt:RequiredClaims must contain 'iss'; only tokens that VerificationKeys verify may omit it" },
        { "VerificationKeys:0={dir}/public.pem;RequiredClaims:0= ", "Rewt:RequiredClaims:0 is empty" },
        { "TrustedIssuers:0=https://auth.example/;Redis=localhost", "Rewt:TrustedIssuers" },
    };

    public static TheoryData<string> ValidSettings() =>
    [
        "SigningKey:File={dir}/rsa.key",
        "SigningKey:File={dir}/rsa.key;KeyPairs:Algorithm=PS256",
        "SigningKey:File={dir}/ec.key",
        "SigningKey:File={dir}/encrypted.key;SigningKey:Password=a password for a test",
        "VerificationKeys:0={dir}/public.pem;RequiredClaims:0=user_id;TrustedIssuers:0=https://auth.example/",
        "VerificationKeys:0=https://auth.example/jwks.json",
        "VerificationKeys:0=http://localhost:5000/jwks.json;VerificationKeys:1=http://127.0.0.1/jwks.json;VerificationKeys:2=http://[::1]/jwks.json",
        "VerificationKeys:0=http://auth.example/jwks.json;AllowInsecureHttp=true",
        "SigningKey:File={dir}/ec.key;RequiredClaims:0=iss;RequiredClaims:1=aud;RequiredClaims:2=exp;RequiredClaims:3=iat;RequiredClaims:4=jti;RequiredClaims:5=tenant",
    ];

    [Theory]
    [MemberData(nameof(InvalidSettings))]
    public void An_invalid_setting_fails_validation_with_its_name_in_the_message(string settings, string error)
    {
        var message = Should.Throw<OptionsValidationException>(() => ValidateAtStart(settings)).Message;

        message.ShouldContain(error);
        message.ShouldNotContain("a password for a test");
        message.ShouldNotContain("Rewt:Redis");
    }

    [Theory]
    [InlineData("SigningKey:File=/dev/zero", "Rewt:SigningKey:File names '/dev/zero', which is too long for a key file")]
    [InlineData("VerificationKeys:0=/dev/zero", "Rewt:VerificationKeys:0 is invalid: the file '/dev/zero' is longer than 1024 KB")]
    [InlineData("KeyMode=KeyPair;Redis=localhost;Identity:Authorities:0=/dev/zero", "Rewt:Identity is invalid: the file '/dev/zero' is longer than 16384 KB")]
    [InlineData("KeyMode=KeyPair;Redis=localhost;Identity:CertificateFile=/dev/zero", "Rewt:Identity is invalid: the file '/dev/zero' is longer than 1024 KB")]
    [InlineData("Redis=localhost;Sealing:Keys:0=/dev/zero", "Rewt:Sealing:Keys:0 is neither 32 bytes in base64 nor a file that contains them")]
    public void An_endless_file_fails_validation_without_exhausting_memory(string settings, string error)
    {
        Require.That(!OperatingSystem.IsWindows(), "needs /dev/zero");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<OptionsValidationException>(() => ValidateAtStart(settings)).Message.ShouldContain(error);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000_000);
    }

    [Theory]
    [MemberData(nameof(ValidSettings))]
    public void Valid_settings_for_configured_keys_pass_validation_without_Redis(string settings) => ValidateAtStart(settings);

    [Fact]
    public void A_key_address_without_a_download_service_fails_validation()
    {
        var services = new ServiceCollection().AddRewtKeys(options =>
        {
            options.ServiceName = "inventory";
            options.VerificationKeys.Add("https://auth.example/jwks.json");
        });
        using var provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("AddRewtAuthentication");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_key_that_no_certificate_can_confirm_fails_validation_beside_an_address(bool acceptUnattested, bool isError)
    {
        var root = TestAuthority.Root();
        var services = new ServiceCollection();
        services.AddSingleton<IKeyDownload>(new ScriptedDownload());
        services.AddRewtKeys(options =>
        {
            options.ServiceName = "inventory";
            options.VerificationKeys.Add("https://auth.example/jwks.json");
            options.VerificationKeys.Add(JwkRows.P256.ExportSubjectPublicKeyInfoPem());
            options.Identity.Authorities.Add(root.Pem);
            options.Identity.AcceptUnattested = acceptUnattested;
        });
        using var provider = services.BuildServiceProvider();
        var validate = () => provider.GetRequiredService<IStartupValidator>().Validate();

        if (isError) validate.ShouldThrow<OptionsValidationException>().Message.ShouldContain("VerificationKeys:1 is no address");
        else validate();
    }

    public void Dispose() => _directory.Dispose();

    private void ValidateAtStart(string settings)
    {
        using var weak = RSA.Create(1024);
        using var unsupported = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        _directory.Write("public.pem", JwkRows.P256.ExportSubjectPublicKeyInfoPem());
        _directory.Write("ec.key", JwkRows.P256.ExportPkcs8PrivateKeyPem());
        _directory.Write("rsa.key", JwkRows.Rsa2048.ExportRSAPrivateKeyPem());
        _directory.Write("weak.key", weak.ExportRSAPrivateKeyPem());
        _directory.Write("odd.key", unsupported.ExportPkcs8PrivateKeyPem());
        _directory.Write("encrypted.key", JwkRows.P256.ExportEncryptedPkcs8PrivateKeyPem("a password for a test", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        _directory.Write("oct.json", """{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"s"}]}""");
        _directory.Write("empty.json", """{"keys":[]}""");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Replace("{dir}", _directory.Path, StringComparison.Ordinal).Split(';')
            .Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create("Rewt:" + pair[0], (string?)pair[1]))).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddRewtAuthentication(options => options.ServiceName = "inventory");
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
    }
}
