namespace Rewt.Tests.Ring;

/// <summary>Tests the value of a key id.</summary>
public sealed class KeyIdTests
{
    [Fact]
    public void The_default_value_represents_no_key()
    {
        KeyId none = default;

        none.ShouldNotBe(KeyId.Of("a secret"u8));
        none.ShouldNotBe(KeyId.Parse(" "));
        (none.IsOfSecret, none.IsOfKeyPair, none.ToString()).ShouldBe((false, false, string.Empty));
        TenantKeyId.TryParse(none, out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_empty_text_contains_no_key_id(string? text)
    {
        KeyId.TryParse(text).ShouldBeNull();
        Should.Throw<ArgumentException>(() => KeyId.Parse(text!));
    }

    [Fact]
    public void Two_key_ids_are_equal_only_if_all_characters_are_equal()
    {
        KeyId.Parse("abc").ShouldBe(KeyId.Parse(new string(['a', 'b', 'c'])));
        KeyId.Parse("abc").GetHashCode().ShouldBe(KeyId.Parse(new string(['a', 'b', 'c'])).GetHashCode());
        KeyId.Parse("abc").ShouldNotBe(KeyId.Parse("Abc"));
        KeyId.Parse("a\u200bbc").ShouldNotBe(KeyId.Parse("abc"), "a comparison by the rules of a language would ignore the character");
    }
}
