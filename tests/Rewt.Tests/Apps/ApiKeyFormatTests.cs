namespace Rewt.Tests.Apps;

public sealed class ApiKeyFormatTests
{
    [Theory]
    [InlineData("acme")]
    [InlineData("a")]
    [InlineData("acme_mobile")]
    [InlineData("_")]
    [InlineData("a-b_c.d__e")]
    [InlineData("rewt_acme_x")]
    public void The_id_of_the_app_is_read_from_its_API_key(string appId) => ApiKeyFormat.AppIdOf(ApiKeyFormat.Create(appId)).ShouldBe(appId);

    [Fact]
    public void An_API_key_has_the_documented_format()
    {
        var key = ApiKeyFormat.Create("acme");

        key.ShouldMatch("^rewt_acme_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{8}$");
        var checksum = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(key[..^8]))[..6]).Replace('+', '-').Replace('/', '_');
        key.ShouldEndWith(checksum);
        ApiKeyFormat.KeyIdOf(ApiKeyFormat.Hash(key)).Length.ShouldBe(12);
    }

    [Fact]
    public void A_changed_or_missing_character_of_an_API_key_is_detected_without_a_store()
    {
        var key = ApiKeyFormat.Create("acme");
        for (var at = 0; at < key.Length; at++)
        {
            ApiKeyFormat.AppIdOf(key[..at]).ShouldBeNull();
            ApiKeyFormat.AppIdOf(key[..at] + (key[at] == 'x' ? 'y' : 'x') + key[(at + 1)..]).ShouldBeNull();
            ApiKeyFormat.AppIdOf(key.Remove(at, 1)).ShouldBeNull();
        }

        ApiKeyFormat.AppIdOf(key.ToUpperInvariant()).ShouldBeNull();
        ApiKeyFormat.AppIdOf(key + "A").ShouldBeNull();
        ApiKeyFormat.AppIdOf(new string('A', 10_000)).ShouldBeNull();
        ApiKeyFormat.AppIdOf(string.Empty).ShouldBeNull();
    }
}
