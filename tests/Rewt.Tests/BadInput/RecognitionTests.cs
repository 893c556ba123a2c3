namespace Rewt.Tests.BadInput;

/// <summary>Verifies which texts are recognized as keys, as identifiers of other issuers and as addresses of this machine.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData("https://login.acme.cloud/oauth2/ausfZ7x2QkLmN8vPq5d7", false)]
    [InlineData("https://login.acme.cloud/oauth2/default", false)]
    [InlineData("https://auth.example/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AB", true)]
    [InlineData("orders", false)]
    [InlineData("INTERNALORDERMANAGEMENTSERVICE2EU3WEST", false)]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301 7d2504e0-6f89-41d3-8a0c-0305e82c33ab", false)]
    [InlineData("GEZDGNBVGY3TQOJQMFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3A", true)]
    [InlineData("3F-A2-0C-99-D1-07-5E-B8-64-F3-2A-8D-E0-1B-76-C5-49-FA-93-1E-D4-60-8B-2C-A7-F5-38-0E-9D-61-BC-4A", true)]
    [InlineData("3f a2 0c 99 d1 07 5e b8 64 f3 2a 8d e0 1b 76 c5 49 fa 93 1e d4 60 8b 2c a7 f5 38 0e 9d 61 bc 4a", true)]
    [InlineData("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", true)]
    public void A_URL_is_recognized_as_a_key_only_if_it_contains_a_key(string text, bool isKey) => KeyMaterial.IsLikely(text).ShouldBe(isKey);

    [Theory]
    [InlineData("Jürgen", true)]
    [InlineData("CORP\\ada", true)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\U000E0041b", false)]
    [InlineData("a\nb", false)]
    public void An_identifier_of_another_issuer_may_not_contain_control_or_formatting_characters(string text, bool isIdentifier) =>
        Names.IsForeignIdentifier(text).ShouldBe(isIdentifier);

    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("http://keys.localhost:8080/")]
    [InlineData("http://127.0.0.1/")]
    public void Requests_for_keys_on_this_machine_bypass_the_proxy(string address) => new LoopbackBypass().GetProxy(new Uri(address)).ShouldBeNull();
}
