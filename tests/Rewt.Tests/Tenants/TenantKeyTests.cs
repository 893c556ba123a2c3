using System.Buffers.Binary;
using Rewt.Tests.Ring;

namespace Rewt.Tests.Tenants;

public sealed class TenantKeyTests
{
    private static readonly Secret Secret = Rings.Secret("current");

    [Fact]
    public void The_tenant_key_is_the_documented_output_of_HKDF()
    {
        var info = new List<byte>();
        foreach (var part in new[] { "rewt tenant key v1", "users", "acme" }) info.AddRange([0, (byte)part.Length, .. Encoding.UTF8.GetBytes(part)]);
        var generation = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(generation, 7);

        var derived = Secret.Derive(new("users", "acme"), new(7));

        derived.CopyBytes().ShouldBe(HKDF.DeriveKey(HashAlgorithmName.SHA256, Secret.CopyBytes(), 32, info: [.. info, .. generation]));
        derived.KeyId.ToString().ShouldBe($"{Secret.KeyId}.7");
    }

    [Fact]
    public void Each_different_input_derives_a_different_key()
    {
        var keys = new[]
        {
            Secret.Derive(new("users", "acme"), default), Secret.Derive(new("users", "acme"), new(1)), Secret.Derive(new("users", "Acme"), default), Secret.Derive(new("usersa", "cme"), default), Secret.Derive(new("user", "sacme"), default),
            Rings.Secret("next").Derive(new("users", "acme"), default), Secret,
        };

        keys.Select(key => Convert.ToHexString(key.Bytes)).ShouldBeUnique();
    }

    [Theory]
    [InlineData("{0}.0", 0L)]
    [InlineData("{0}.1764259200000", 1764259200000)]
    [InlineData("{0}.253402300799999", 253402300799999)]
    [InlineData("{0}", null)]
    [InlineData("{0}.", null)]
    [InlineData("{0}.00", null)]
    [InlineData("{0}.01", null)]
    [InlineData("{0}.-1", null)]
    [InlineData("{0}.+1", null)]
    [InlineData("{0}. 1", null)]
    [InlineData("{0}.1.2", null)]
    [InlineData("{0}.253402300800000", null)]
    [InlineData("{0}.1000000000000000", null)]
    [InlineData("{0}:1", null)]
    [InlineData("A{0}.1", null)]
    [InlineData(".1", null)]
    [InlineData("1", null)]
    public void A_tenant_key_id_consists_of_a_secret_key_id_and_a_generation(string format, long? generation)
    {
        var keyId = KeyId.Parse(string.Format(CultureInfo.InvariantCulture, format, Secret.KeyId));

        TenantKeyId.TryParse(keyId, out var secretId, out var read).ShouldBe(generation is not null);

        if (generation is not { } expected) return;
        (secretId, read.Milliseconds).ShouldBe((Secret.KeyId, expected));
        TenantKeyId.Of(secretId, read).ShouldBe(keyId);
        keyId.IsOfSecret.ShouldBeFalse("no secret has such a key id");
        keyId.IsOfKeyPair.ShouldBeFalse("no key pair has such a key id");
    }
}
