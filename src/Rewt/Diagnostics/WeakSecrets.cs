using System.Text;

namespace Rewt.Internal;

/// <summary>Detects secrets that can be guessed: those that are short, published in manuals or chosen by a human.</summary>
internal static class WeakSecrets
{
    /// <summary>
    /// The least entropy of an acceptable secret, by the estimate of <see cref="Bits"/>. Random secrets, even 16 bytes in hexadecimal, exceed it.
    /// </summary>
    private const double EnoughBits = 80;

    private const int FewestCharacters = 8;

    private static readonly string[] Known =
    [
        "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret", "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long", "a-valid-string-secret-that-is-at-least-384-bits-long",
        "secret", "secretkey", "secret-key", "supersecret", "super-secret", "mysecret", "my-secret", "topsecret", "jwtsecret", "jwt-secret", "rewt-secret", "rewtsecret",
        "password", "passw0rd", "changeme", "change-me", "changeit", "example", "default", "letmein", "qwerty", "qwertyuiop", "admin", "test", "testing", "development",
        "keyboardcat", "shhhhh", "tobereplaced", "replaceme", "todo", "foobar", "hello", "helloworld", "privatekey", "signingkey", "signing-key", "thisisasecret",
    ];

    private static readonly string[] Words =
        ["secret", "password", "passw0rd", "changeme", "please", "example", "default", "replace", "signing", "private", "production", "development", "qwerty", "123456", "security", "shared"];

    /// <summary>
    /// Returns the reason why the secret is weak, as the end of a sentence that does not repeat it; <see langword="null"/> when it is not weak.
    /// </summary>
    public static string? WeaknessOf(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < Secret.MinimumBytes) return $"has {secret.Length} bytes, fewer than {Secret.MinimumBytes}";

        var given = Encoding.UTF8.GetString(secret);
        var text = given.ToLowerInvariant();
        if (Known.Any(known => IsMadeOf(text, known))) return "is well known";
        if (text.Distinct().Count() < FewestCharacters) return "has too few different characters";
        if (IsRepetition(text)) return "repeats itself";
        if (IsSequence(text)) return "is a sequence";
        var words = Words.Count(word => text.Contains(word, StringComparison.Ordinal));
        if (words > 1 || (words == 1 && text.Length - 8 < Secret.MinimumBytes) || IsPhrase(given)) return "consists of words";
        return Bits(text) < EnoughBits ? "has too little randomness" : null;
    }

    /// <summary>Whether the text is a well-known secret, once or repeated, with digits or punctuation around it.</summary>
    private static bool IsMadeOf(string text, string known)
    {
        var rest = text.Replace(known, string.Empty, StringComparison.Ordinal);
        return rest.Length < text.Length && rest.All(c => !char.IsAsciiLetter(c)) && rest.Length < Secret.MinimumBytes / 2;
    }

    private static bool IsRepetition(string text)
    {
        for (var period = 1; period <= text.Length / 2; period++)
        {
            if (text.AsSpan(period).SequenceEqual(text.AsSpan(0, text.Length - period))) return true;
        }

        return false;
    }

    /// <summary>Whether most characters follow or precede their neighbour in the alphabet: 0123456789abcdef, abcdefgh, 9876.</summary>
    private static bool IsSequence(string text)
    {
        var neighbours = text.Zip(text.Skip(1)).Count(pair => Math.Abs(pair.Second - pair.First) <= 1);
        return neighbours > text.Length * 0.6;
    }

    /// <summary>Whether the text consists of words with separators, each word in lower case, in capitals or capitalized. A random text does not.</summary>
    private static bool IsPhrase(string text)
    {
        var words = text.Split([' ', '-', '_', '.', ','], StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 4 && words.All(word => word.All(char.IsLetter) && (word.All(char.IsUpper) || word.Skip(1).All(char.IsLower)));
    }

    /// <summary>Estimates the Shannon entropy from the frequency of each character.</summary>
    private static double Bits(string text) =>
        text.Length * text.GroupBy(c => c).Select(group => group.Count() / (double)text.Length).Sum(share => -share * Math.Log2(share));
}
