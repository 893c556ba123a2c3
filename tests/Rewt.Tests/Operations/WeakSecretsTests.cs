namespace Rewt.Tests.Operations;

public sealed class WeakSecretsTests
{
    [Theory]
    [InlineData("short")]
    [InlineData("secretsecretsecretsecretsecretsecret")]
    [InlineData("your-256-bit-secretyour-256-bit-secret")]
    [InlineData("a-string-secret-at-least-256-bits-long")]
    [InlineData("changemechangemechangemechangeme")]
    [InlineData("my-super-secret-password-for-production")]
    [InlineData("this is my custom Secret key for authentication")]
    [InlineData("correct horse battery staple and then some")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("qwertyuiopasdfghjklzxcvbnm1234567890secret")]
    [InlineData("SuperSecretKey12345678901234567890")]
    [InlineData("12345678901234567890123456789012")]
    [InlineData("ThisIsASecretKeyForJwtAuthentication!")]
    [InlineData("<random_string_at_least_32_characters_long>")]
    [InlineData("REPLACE_THIS_WITH_A_LONG_AND_RANDOM_VALUE")]
    [InlineData("<<insert-the-shared-secret-of-your-team-here>>")]
    [InlineData("S3cr3tK3yTh4tN0b0dySh0uldKn0w!!!")]
    [InlineData("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")]
    [InlineData("mashed4711xyq00000000000000000000000000000000")]
    [InlineData("the lights are on but nobody is at home tonight")]
    [InlineData("EstaEsUnaClaveMuySecretaParaMiAplicacion")]
    public void A_secret_chosen_by_a_person_is_weak(string secret)
    {
        WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes(secret)).ShouldNotBeNull();

        // An encoding of a weak secret is also weak.
        foreach (var encoded in new[] { Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Convert.ToHexString(Encoding.UTF8.GetBytes(secret + secret)) })
        {
            var weakness = WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes(encoded)).ShouldNotBeNull();
            weakness.ShouldNotContain(secret);
        }
    }

    [Fact]
    public void A_random_secret_is_not_weak_in_any_encoding() => ShouldAllBeStrong(samples: 2_000, seed: 7);

    [Fact]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_random_secrets_are_not_weak() => ShouldAllBeStrong(samples: 100_000, seed: 23);

    [Fact]
    public void A_secret_with_a_sufficient_random_part_is_not_weak() =>
        WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes("the-secret-of-production:" + Secret.Generate().CopyBytes().Length + Encoding.UTF8.GetString(Secret.Generate().Bytes))).ShouldBeNull();

    /// <summary>Tests equal numbers of base64, base64url and hexadecimal values of 32 bytes, hexadecimal values of 16 bytes, and GUIDs.</summary>
    private static void ShouldAllBeStrong(int samples, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[32];
        for (var sample = 0; sample < samples; sample++)
        {
            random.NextBytes(bytes);
            var secret = (sample % 5) switch
            {
                0 => Convert.ToBase64String(bytes),
                1 => Base64Url.EncodeToString(bytes),
                2 => Convert.ToHexStringLower(bytes),
                3 => Convert.ToHexString(bytes.AsSpan(0, 16)),
                _ => new Guid(bytes.AsSpan(0, 16)).ToString(),
            };
            WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes(secret)).ShouldBeNull(secret);
        }

        WeakSecrets.WeaknessOf(Secret.Generate().Bytes).ShouldBeNull();
    }
}
