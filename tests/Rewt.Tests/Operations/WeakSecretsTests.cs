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
    public void What_a_human_typed_is_weak(string secret) => WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes(secret)).ShouldNotBeNull();

    [Fact]
    public void What_is_random_is_not_in_any_spelling()
    {
        for (var i = 0; i < 200; i++)
        {
            var random = RandomNumberGenerator.GetBytes(32);
            foreach (var spelling in new[] { Convert.ToBase64String(random), Convert.ToHexStringLower(random), Convert.ToHexString(random[..16]), Guid.NewGuid().ToString() })
            {
                WeakSecrets.WeaknessOf(Encoding.UTF8.GetBytes(spelling)).ShouldBeNull(spelling);
            }
        }

        for (var i = 0; i < 200; i++) WeakSecrets.WeaknessOf(Secret.Generate().Bytes).ShouldBeNull();
    }
}
