using System.Buffers;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Recognizes a key or a token in a setting for another purpose, such as a name or a path. The error message for such a setting contains the length
/// of the text instead of the text.
/// </summary>
internal static class KeyMaterial
{
    private const int Window = 32;
    private const int LongestShown = 256;

    /// <summary>
    /// The minimum number of changes between character classes (upper case, lower case, digit) in 32 characters that count as random. A change is a
    /// pair of neighbouring characters of different classes. Random base64 text has 18 changes on average, and an ordinary name has fewer than 10.
    /// </summary>
    private const int ManyChanges = 12;

    /// <summary>
    /// The minimum number of successive hexadecimal digits that count as a key. The commit ids and thumbprints in names have 40 digits, and a key of 32
    /// bytes has 64.
    /// </summary>
    private const int ManyHexDigits = 41;

    /// <summary>The minimum number of different digits in a hexadecimal number that counts as a key. A random number almost always has more.</summary>
    private const int DistinctHexDigits = 8;

    /// <summary>The minimum length of a text with the prefix of an API key that is regarded as a part of an API key.</summary>
    private const int ShortestApiKey = 30;

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");

    private static readonly SearchValues<char> Base32Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");

    /// <summary>
    /// Returns whether a text is probably a key or a token, or contains a part of one. PEM, JSON, API keys, random base64 and base32, and long hexadecimal
    /// numbers are recognized. The bytes of a hexadecimal number can be separated.
    /// </summary>
    public static bool IsLikely(string text) =>
        text.Contains("-----", StringComparison.Ordinal) || (text.AsSpan().TrimStart() is ['{', ..] json && !json.StartsWith(CertificateNames.Placeholder)) || text.Split('/', '\\').Any(IsApiKey) || HasManyHexDigits(text) || PartsOf(text).Any(part => HasRandomPart(part));

    /// <summary>
    /// Returns the value of a setting for a message, in quotes. If the value may be a key, is too long, or contains a control character, the result
    /// contains only the length of the value.
    /// </summary>
    public static string Shown(string value) => value.Length > LongestShown || value.Any(char.IsControl) || IsLikely(value)
        ? $"a text of {value.Length} characters"
        : $"'{value}'";

    /// <summary>
    /// Splits a URL at its slashes, because the path of an unsplit URL could be mistaken for base64 text, which can contain slashes. Any other text
    /// is returned as one part.
    /// </summary>
    private static string[] PartsOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? text.Split('/') : [text];

    /// <summary>Returns whether a part of a path is an API key. A relative path in a setting becomes an absolute path before it is shown.</summary>
    private static bool IsApiKey(string part) => part.Trim() is { Length: >= ShortestApiKey } text && text.StartsWith(ApiKeyFormat.Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns whether a text contains a long hexadecimal number that is not only a repetition of a few digits. Its bytes can be separated by colons, hyphens
    /// or spaces.
    /// </summary>
    private static bool HasManyHexDigits(string text)
    {
        var number = new StringBuilder();
        var group = 0;
        foreach (var character in text)
        {
            if (char.IsAsciiHexDigit(character))
            {
                group++;
                number.Append(character);
                // Groups that are not bytes, such as those of a GUID, are separate numbers.
                if (group == 3) number.Remove(0, number.Length - group);
                if (number.Length >= ManyHexDigits && number.ToString(number.Length - ManyHexDigits, ManyHexDigits).Distinct().Count() >= DistinctHexDigits) return true;
            }
            else
            {
                if (group != 2 || character is not (':' or '-' or ' ')) number.Clear();
                group = 0;
            }
        }

        return false;
    }

    private static bool HasRandomPart(ReadOnlySpan<char> text)
    {
        for (var start = 0; start + Window <= text.Length; start++)
        {
            if (IsRandom(text.Slice(start, Window)) || IsRandomBase32(text.Slice(start, Window))) return true;
        }

        return false;
    }

    private static bool IsRandom(ReadOnlySpan<char> window)
    {
        if (window.ContainsAnyExcept(Base64Characters)) return false;
        var (upper, lower, changes) = (0, 0, 0);
        for (var index = 0; index < window.Length; index++)
        {
            if (char.IsAsciiLetterUpper(window[index])) upper++;
            if (char.IsAsciiLetterLower(window[index])) lower++;
            if (index > 0 && Class(window[index]) is var one && Class(window[index - 1]) is var other && one != 0 && other != 0 && one != other) changes++;
        }

        return upper >= 5 && lower >= 5 && changes >= ManyChanges;
    }

    /// <summary>Returns whether a text is random base32 (RFC 4648 §6). An ordinary name in upper case has fewer digits, or contains a separator.</summary>
    private static bool IsRandomBase32(ReadOnlySpan<char> window)
    {
        if (window.ContainsAnyExcept(Base32Characters)) return false;
        var (digits, changes) = (0, 0);
        for (var index = 0; index < window.Length; index++)
        {
            if (char.IsAsciiDigit(window[index])) digits++;
            if (index > 0 && char.IsAsciiDigit(window[index]) != char.IsAsciiDigit(window[index - 1])) changes++;
        }

        return digits >= 3 && changes >= 5;
    }

    private static int Class(char character) =>
        char.IsAsciiLetterUpper(character) ? 1 : char.IsAsciiLetterLower(character) ? 2 : char.IsAsciiDigit(character) ? 3 : 0;
}
