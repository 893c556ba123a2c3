using System.Buffers;

namespace Rewt.Internal;

/// <summary>
/// Recognizes a key or a token that was put into a setting meant for something else, such as a name or a path, so that error messages give only its
/// length and not its text.
/// </summary>
internal static class KeyMaterial
{
    private const int Window = 32;
    private const int LongestShown = 256;

    /// <summary>
    /// Of 31 neighbours in random base64, 18 on average differ in their class: upper case, lower case or digit. In an ordinary name, fewer than 10 do.
    /// </summary>
    private const int ManyChanges = 12;

    private const string ApiKeyPrefix = "rewt_";
    private const int ApiKeySecretLength = 40;

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");

    /// <summary>Whether a text is probably a key or a token, or contains a part of one: PEM, JSON, an API key or random base64.</summary>
    public static bool IsLikely(string text) =>
        text.Contains("-----", StringComparison.Ordinal) || (text.AsSpan().TrimStart() is ['{', ..] json && !json.StartsWith(CertificateNames.Placeholder)) || IsApiKey(text.AsSpan().Trim()) || PartsOf(text).Any(part => HasRandomPart(part));

    /// <summary>Returns a setting's value for a message: in quotes, or only its length where the value may be key material or not fit into a line.</summary>
    public static string Shown(string value) => value.Length > LongestShown || value.Any(char.IsControl) || IsLikely(value)
        ? $"a text of {value.Length} characters"
        : $"'{value}'";

    /// <summary>Splits the path of an address at its slashes, which would otherwise count as characters of base64. Any other text is one part.</summary>
    private static string[] PartsOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? text.Split('/') : [text];

    private static bool IsApiKey(ReadOnlySpan<char> text) =>
        text.StartsWith(ApiKeyPrefix, StringComparison.OrdinalIgnoreCase) && text.Length >= ApiKeyPrefix.Length + ApiKeySecretLength;

    private static bool HasRandomPart(ReadOnlySpan<char> text)
    {
        for (var start = 0; start + Window <= text.Length; start++)
        {
            if (IsRandom(text.Slice(start, Window))) return true;
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

    private static int Class(char character) =>
        char.IsAsciiLetterUpper(character) ? 1 : char.IsAsciiLetterLower(character) ? 2 : char.IsAsciiDigit(character) ? 3 : 0;
}
