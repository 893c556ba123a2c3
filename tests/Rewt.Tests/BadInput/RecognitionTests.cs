namespace Rewt.Tests.BadInput;

/// <summary>Verifies which texts are recognized as keys, as identifiers of other issuers and as addresses of this machine.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData("https://login.acme.cloud/oauth2/ausfZ7x2QkLmN8vPq5d7", false)]
    [InlineData("https://login.acme.cloud/oauth2/default", false)]
    [InlineData("https://auth.example/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AB", true)]
    [InlineData("orders", false)]
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
