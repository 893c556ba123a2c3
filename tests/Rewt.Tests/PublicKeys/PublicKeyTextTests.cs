using System.Security.Cryptography.X509Certificates;
using FsCheck;
using FsCheck.Fluent;
using PublicKey = Rewt.Internal.PublicKey;

namespace Rewt.Tests.PublicKeys;

/// <summary>Tests the formats of a public key.</summary>
public sealed class PublicKeyTextTests
{
    private static readonly string RsaId = PublicKey.From(JwkRows.Rsa2048, "RS256").KeyId.ToString();
    private static readonly string EcId = PublicKey.From(JwkRows.P256).KeyId.ToString();

    public static TheoryData<string, string, string> Formats() => new()
    {
        { "SPKI, RSA", JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem(), RsaId },
        { "SPKI, EC", JwkRows.P256.ExportSubjectPublicKeyInfoPem(), EcId },
        { "PKCS #1", JwkRows.Rsa2048.ExportRSAPublicKeyPem(), RsaId },
        { "a certificate, RSA", Certificate(JwkRows.Rsa2048), RsaId },
        { "a certificate, EC", Certificate(JwkRows.P256), EcId },
        { "ssh-rsa", SshLine.Of(JwkRows.Rsa2048), RsaId },
        { "ssh-rsa without a comment", string.Join(' ', SshLine.Of(JwkRows.Rsa2048).Split(' ')[..2]), RsaId },
        { "ecdsa-sha2-nistp256", SshLine.Of(JwkRows.P256), EcId },
        { "a file with a comment", $"# the authentication service\n\n{SshLine.Of(JwkRows.P256)}\n", EcId },
        { "Windows line endings", JwkRows.P256.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\r\n"), EcId },
        { "a byte order mark", "\ufeff" + JwkRows.P256.ExportSubjectPublicKeyInfoPem(), EcId },
        { "a JWK", JwkRows.Ec(null, ("kid", null)).ToJsonString(), EcId },
        { "a JWK with a kid", JwkRows.Ec().ToJsonString(), "ec-256" },
        { "a JWK set", $$"""{"keys":[{{JwkRows.Rsa(("kid", null)).ToJsonString()}}]}""", RsaId },
    };

    public static TheoryData<string, string, string> Refusals()
    {
        using var weak = RSA.Create(1024);
        using var unsupported = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        var point = JwkRows.P256.ExportParameters(includePrivateParameters: false).Q;
        byte[] damaged = [4, .. point.X!, .. point.Y![..^1], (byte)(point.Y![^1] ^ 1)];
        var line = SshLine.Of(JwkRows.Rsa2048);
        return new TheoryData<string, string, string>
        {
            { "empty input", "", "no key" },
            { "plain text", "hello world", "ssh-rsa" },
            { "a private key", JwkRows.P256.ExportPkcs8PrivateKeyPem(), "private key" },
            { "a private key after the public key", JwkRows.P256.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P256.ExportECPrivateKeyPem(), "private key" },
            { "RSA of 1024 bits", weak.ExportSubjectPublicKeyInfoPem(), "1024 bits" },
            { "RSA of 1024 bits, ssh", SshLine.Of(weak), "1024 bits" },
            { "P-521", unsupported.ExportSubjectPublicKeyInfoPem(), "P-256 or P-384" },
            { "ed25519, ssh", SshLine.Write("ssh-ed25519", new byte[32]), "of the type" },
            { "ed25519, PEM", PemEncoding.WriteString("PUBLIC KEY", Convert.FromHexString("302a300506032b6570032100" + new string('1', 64))), "neither RSA nor EC" },
            { "a certificate request", PemEncoding.WriteString("CERTIFICATE REQUEST", [48, 0]), "neither" },
            { "a chain", Certificate(JwkRows.P256) + "\n" + Certificate(JwkRows.Rsa2048), "several certificates" },
            { "a damaged block", PemEncoding.WriteString("PUBLIC KEY", [48, 1, 2]), "damaged" },
            { "a block with trailing data", PemEncoding.WriteString("PUBLIC KEY", [.. JwkRows.P256.ExportSubjectPublicKeyInfo(), 0]), "data after" },
            { "a truncated block", JwkRows.P256.ExportSubjectPublicKeyInfoPem()[..^10], "PEM" },
            { "a damaged block after a key", JwkRows.P256.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P384.ExportSubjectPublicKeyInfoPem()[..^10], "incomplete or damaged PEM block" },
            { "SSH2", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----", "ssh-rsa" },
            { "a truncated line", line[..100], "damaged" },
            { "a line with an invalid part length", "ssh-rsa " + Convert.ToBase64String([255, 255, 255, 255, 1]), "damaged" },
            { "a line whose data has another type", "ssh-rsa " + SshLine.Of(JwkRows.P256).Split(' ')[1], "damaged" },
            { "a line with trailing data", SshLine.Write("ssh-rsa", [1, 0, 1], SshLine.Number(JwkRows.Rsa2048.ExportParameters(false).Modulus!), [1]), "damaged" },
            { "the exponent 1, ssh", SshLine.Write("ssh-rsa", [1], SshLine.Number(JwkRows.Rsa2048.ExportParameters(false).Modulus!)), "exponent" },
            { "a point off the curve, ssh", SshLine.Write("ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), damaged), "not on the curve" },
            { "a compressed point", SshLine.Write("ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), [2, .. point.X!]), "damaged" },
            { "the name of another curve", SshLine.Write("ecdsa-sha2-nistp256", "nistp384"u8.ToArray(), [4, .. point.X!, .. point.Y!]), "damaged" },
            { "a valid and an invalid line", line + "\nssh-rsa AAAA", "damaged" },
            { "a symmetric JWK", """{"kty":"oct","k":"c2VjcmV0"}""", "symmetric" },
            { "an invalid key set", """{"keys":1}""", "one array 'keys'" },
        };
    }

    [Theory]
    [InlineData("ssh-rsa AAAA", true)]
    [InlineData("ecdsa-sha2-nistp256\tAAAA", true)]
    [InlineData("ssh-rsa-cert-v01@openssh.com AAAA", true)]
    [InlineData("ssh-keys old.pub", false)]
    [InlineData("ecdsa-public.pem", false)]
    [InlineData("ssh-keys/public key.pem", false)]
    public void A_file_name_that_begins_like_the_type_of_a_key_is_no_key(string setting, bool isKey) => PublicKeyText.IsKey(setting).ShouldBe(isKey);

    [Theory]
    [MemberData(nameof(Formats), DisableDiscoveryEnumeration = true)]
    public void A_public_key_is_read_in_every_supported_format(string format, string text, string keyId)
    {
        var set = PublicKeyText.TryRead(Encoding.UTF8.GetBytes(text), "RS256", out var problem);

        problem.ShouldBeNull(format);
        set!.Keys.ShouldHaveSingleItem().KeyId.ToString().ShouldBe(keyId);
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void An_unusable_public_key_is_refused_with_the_reason(string format, string text, string reason)
    {
        PublicKeyText.TryRead(Encoding.UTF8.GetBytes(text), "RS256", out var problem).ShouldBeNull(format);
        problem.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void A_file_may_contain_several_keys_and_a_repeated_key_is_read_once()
    {
        var pem = JwkRows.P256.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.Rsa2048.ExportRSAPublicKeyPem() + "\n" + JwkRows.P256.ExportSubjectPublicKeyInfoPem();
        var lines = SshLine.Of(JwkRows.P256) + "\n" + SshLine.Of(JwkRows.P384);

        PublicKeyText.TryRead(Encoding.UTF8.GetBytes(pem), "PS256", out _)!.Keys.Select(key => key.Algorithm).ShouldBe(["ES256", "PS256"]);
        PublicKeyText.TryRead(Encoding.UTF8.GetBytes(lines), "RS256", out _)!.Keys.Select(key => key.Algorithm).ShouldBe(["ES256", "ES384"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_RSA_key_in_JSON_without_an_algorithm_has_the_configured_algorithm(bool isSet)
    {
        var jwk = JwkRows.Rsa(("alg", null)).ToJsonString();

        PublicKeyText.TryRead(Encoding.UTF8.GetBytes(isSet ? $$"""{"keys":[{{jwk}}]}""" : jwk), "PS256", out _)!.Keys.ShouldHaveSingleItem().Algorithm.ShouldBe("PS256");
    }

    [Fact]
    public void An_oversized_or_binary_file_is_refused()
    {
        PublicKeyText.TryRead(new byte[PublicKeySetReader.MaximumBytes + 1], "RS256", out var problem).ShouldBeNull();
        problem.ShouldNotBeNull();
        PublicKeyText.TryRead(JwkRows.P256.ExportSubjectPublicKeyInfo(), "RS256", out problem).ShouldBeNull();
        problem.ShouldNotBeNull();
    }

    /// <summary>Tests that a damaged block or line is refused with a reason and without an exception.</summary>
    [Fact]
    public void Damaged_keys_never_make_the_readers_throw()
    {
        (string Label, byte[] Content)[] blocks =
        [
            ("PUBLIC KEY", JwkRows.P256.ExportSubjectPublicKeyInfo()),
            ("PUBLIC KEY", JwkRows.Rsa2048.ExportSubjectPublicKeyInfo()),
            ("RSA PUBLIC KEY", JwkRows.Rsa2048.ExportRSAPublicKey()),
            ("CERTIFICATE", Convert.FromBase64String(string.Concat(Certificate(JwkRows.P256).Split('\n').Where(line => !line.StartsWith('-'))))),
            ("PRIVATE KEY", JwkRows.P256.ExportPkcs8PrivateKey()),
            ("EC PRIVATE KEY", JwkRows.P256.ExportECPrivateKey()),
            ("RSA PRIVATE KEY", JwkRows.Rsa2048.ExportRSAPrivateKey()),
            ("ssh-rsa", Convert.FromBase64String(SshLine.Of(JwkRows.Rsa2048).Split(' ')[1])),
            ("ecdsa-sha2-nistp256", Convert.FromBase64String(SshLine.Of(JwkRows.P256).Split(' ')[1])),
        ];
        var changes = from index in Gen.Choose(0, blocks.Length - 1)
                      from position in Gen.Choose(0, 3000)
                      from value in Gen.Choose(0, 255)
                      from truncation in Gen.Choose(0, 3)
                      select (index, position, value, truncation);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Arb.From(changes), change =>
        {
            var (label, content) = blocks[change.index];
            var offset = change.position % content.Length;
            byte[] damaged = change.truncation == 0 ? content[..offset] : [.. content[..offset], (byte)change.value, .. content[(offset + 1)..]];
            var text = char.IsAsciiLetterLower(label[0]) ? $"{label} {Convert.ToBase64String(damaged)}" : PemEncoding.WriteString(label, damaged);

            var keys = PublicKeyText.TryRead(Encoding.UTF8.GetBytes(text), "RS256", out var problem);
            using var privateKey = PrivateKeyPem.TryRead(text, null, out var privateKeyProblem);
            return (keys is null) == (problem is not null) && (privateKey is null) == (privateKeyProblem is not null);
        }));
    }

    private static string Certificate(AsymmetricAlgorithm key)
    {
        var name = new X500DistinguishedName("CN=test");
        var request = key is RSA rsa ? new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest(name, (ECDsa)key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }
}
