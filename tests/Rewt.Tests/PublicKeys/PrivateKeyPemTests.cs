namespace Rewt.Tests.PublicKeys;

/// <summary>Tests the formats of a private key. All keys are generated for the test run.</summary>
public sealed class PrivateKeyPemTests
{
    private const string Password = "a password for a test";

    public static TheoryData<string, string, bool> Formats()
    {
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        return new TheoryData<string, string, bool>
        {
            { "PKCS #1", JwkRows.Rsa2048.ExportRSAPrivateKeyPem(), false },
            { "PKCS #8, RSA", JwkRows.Rsa2048.ExportPkcs8PrivateKeyPem(), false },
            { "PKCS #8, EC", JwkRows.P256.ExportPkcs8PrivateKeyPem(), false },
            { "SEC 1", JwkRows.P256.ExportECPrivateKeyPem(), false },
            { "SEC 1 after its parameters", PemEncoding.WriteString("EC PARAMETERS", [6, 8, 42, 134, 72, 206, 61, 3, 1, 7]) + "\n" + JwkRows.P384.ExportECPrivateKeyPem(), false },
            { "a public key before the private key", JwkRows.P256.ExportSubjectPublicKeyInfoPem() + "\n" + JwkRows.P256.ExportPkcs8PrivateKeyPem(), false },
            { "encrypted PKCS #8, RSA", JwkRows.Rsa2048.ExportEncryptedPkcs8PrivateKeyPem(Password, encryption), true },
            { "encrypted PKCS #8, EC", JwkRows.P256.ExportEncryptedPkcs8PrivateKeyPem(Password, encryption), true },
        };
    }

    public static TheoryData<string, string, string?, string> Refusals()
    {
        var encrypted = JwkRows.P256.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        var legacy = JwkRows.Rsa2048.ExportRSAPrivateKeyPem().Replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", StringComparison.Ordinal);
        return new TheoryData<string, string, string?, string>
        {
            { "empty input", "", null, "no private key" },
            { "a public key", JwkRows.P256.ExportSubjectPublicKeyInfoPem(), null, "no private key" },
            { "two keys", JwkRows.P256.ExportPkcs8PrivateKeyPem() + "\n" + JwkRows.P384.ExportPkcs8PrivateKeyPem(), null, "several" },
            { "encrypted, without a password", encrypted, null, "is encrypted" },
            { "encrypted, wrong password", encrypted, "wrong", "password" },
            { "encrypted in the legacy format", legacy, Password, "openssl pkcs8 -topk8" },
            { "the OpenSSH format", PemEncoding.WriteString("OPENSSH PRIVATE KEY", "openssh-key-v1"u8), null, "ssh-keygen -p -m pem" },
            { "DSA", PemEncoding.WriteString("DSA PRIVATE KEY", [48, 0]), null, "neither RSA nor EC" },
            { "damaged", PemEncoding.WriteString("RSA PRIVATE KEY", [48, 0]), null, "damaged" },
            { "damaged PKCS #8", PemEncoding.WriteString("PRIVATE KEY", [48, 0]), null, "damaged" },
        };
    }

    [Theory]
    [MemberData(nameof(Formats), DisableDiscoveryEnumeration = true)]
    public void A_private_key_is_read_in_every_supported_format(string format, string pem, bool isEncrypted)
    {
        using var key = PrivateKeyPem.TryRead(pem, isEncrypted ? Password : null, out var problem);

        problem.ShouldBeNull(format);
        key.ShouldNotBeNull().ExportSubjectPublicKeyInfoPem().ShouldBeOneOf(
            JwkRows.Rsa2048.ExportSubjectPublicKeyInfoPem(), JwkRows.P256.ExportSubjectPublicKeyInfoPem(), JwkRows.P384.ExportSubjectPublicKeyInfoPem());
    }

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void An_unusable_private_key_is_refused_with_the_reason(string format, string pem, string? password, string reason)
    {
        PrivateKeyPem.TryRead(pem, password, out var problem).ShouldBeNull(format);
        problem.ShouldNotBeNull().ShouldContain(reason);
        problem.ShouldNotContain(Password);
    }

    [Fact]
    public async Task Keys_written_by_ssh_keygen_and_openssl_are_read()
    {
        using var directory = new ScratchDirectory();
        await ExternalTool.RunAsync(directory.Path, "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "pem", "-f", "jwt.key", "-N", "");
        await ExternalTool.RunAsync(directory.Path, "openssl", "rsa", "-in", "jwt.key", "-pubout", "-outform", "PEM", "-out", "jwt.pem");
        await ExternalTool.RunAsync(directory.Path, "openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", "ec.key");
        await ExternalTool.RunAsync(directory.Path, "openssl", "ec", "-in", "ec.key", "-pubout", "-out", "ec.pem");
        await ExternalTool.RunAsync(directory.Path, "ssh-keygen", "-q", "-t", "ecdsa", "-f", "openssh.key", "-N", "");

        foreach (var (privateFile, publicFile) in new[] { ("jwt.key", "jwt.pem"), ("jwt.key", "jwt.key.pub"), ("ec.key", "ec.pem") })
        {
            using var key = PrivateKeyPem.TryRead(directory.Read(privateFile), null, out var problem);
            problem.ShouldBeNull(privateFile);
            var set = PublicKeyText.TryRead(await File.ReadAllBytesAsync(directory[publicFile], Cancellation), "RS256", out problem);
            problem.ShouldBeNull(publicFile);
            set!.Keys.ShouldHaveSingleItem().KeyId.ShouldBe(key is RSA rsa ? PublicKey.From(rsa, "RS256").KeyId : PublicKey.From((ECDsa)key!).KeyId);
        }

        PrivateKeyPem.TryRead(directory.Read("openssh.key"), null, out var refused).ShouldBeNull();
        refused.ShouldNotBeNull().ShouldContain("ssh-keygen -p -m pem");
    }
}
