namespace Rewt.Tests.BadInput;

/// <summary>Texts that are recognized by their form: keys in the wrong setting, identifiers of others, and this machine.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData("https://login.acme.cloud/oauth2/ausfZ7x2QkLmN8vPq5d7", false)]
    [InlineData("https://login.acme.cloud/oauth2/default", false)]
    [InlineData("https://auth.example/3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AB", true)]
    [InlineData("orders", false)]
    [InlineData("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", true)]
    public void An_address_is_a_key_only_if_one_of_its_parts_is(string text, bool isKey) => KeyMaterial.IsLikely(text).ShouldBe(isKey);

    [Theory]
    [InlineData("Jürgen", true)]
    [InlineData("CORP\\ada", true)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\U000E0041b", false)]
    [InlineData("a\nb", false)]
    public void An_identifier_of_another_issuer_contains_no_character_that_changes_how_text_is_displayed(string text, bool isIdentifier) =>
        Names.IsForeignIdentifier(text).ShouldBe(isIdentifier);

    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("http://keys.localhost:8080/")]
    [InlineData("http://127.0.0.1/")]
    public void Keys_on_this_machine_are_not_requested_from_a_proxy(string address) => new LoopbackBypass().GetProxy(new Uri(address)).ShouldBeNull();
}
