using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Determines whether a secret is weak, which means that it can be guessed. A secret is weak if it is too short, or if it is not random text. The
/// doctor warns of a weak shared secret. An application with a weak sealing key does not start.
/// </summary>
internal static class WeakSecrets
{
    /// <summary>
    /// The estimated entropy per character, in bits, below which a text counts as not random. The estimate is above 6 for random text in hexadecimal,
    /// GUID or base64 form. The estimate is between 1 and 5 for words, sequences and repetitions.
    /// </summary>
    private const double FewestBits = 5;

    /// <summary>
    /// The text length, in characters, above which the required entropy no longer increases. A longer text may contain predictable parts, because a
    /// random part of this length is sufficient.
    /// </summary>
    private const int MostCharacters = 100;

    /// <summary>
    /// Returns the reason why a secret is weak, as the end of a sentence that does not contain the secret; <see langword="null"/> if the secret is
    /// not weak.
    /// </summary>
    public static string? WeaknessOf(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < Secret.MinimumBytes) return $"has {secret.Length} bytes, fewer than {Secret.MinimumBytes}";

        var text = Encoding.UTF8.GetString(secret);
        if (IsPredictable(text)) return "consists of words, sequences or repetitions";
        return Decoded(text).Any(IsPredictable) ? "is an encoding of words, sequences or repetitions" : null;
    }

    private static bool IsPredictable(string text)
    {
        var most = FewestBits * Math.Min(text.Length, MostCharacters);
        return EntropyEstimator.Bits(text, most) < most || EntropyEstimator.BitsWithLettersFor(text, most) < most;
    }

    /// <summary>
    /// Decodes a secret from base64 and from hexadecimal, and returns the results that are printable text. A secret made of random bytes does not
    /// decode to printable text.
    /// </summary>
    private static IEnumerable<string> Decoded(string text)
    {
        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) && Printable(Convert.FromHexString(text)) is { } plain) yield return plain;

        var unpadded = text.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        if (Base64Url.IsValid(unpadded) && Printable(Base64Url.DecodeFromChars(unpadded)) is { } decoded) yield return decoded;
    }

    private static string? Printable(byte[] bytes) => Array.TrueForAll(bytes, one => one is >= (byte)' ' and <= (byte)'~') ? Encoding.ASCII.GetString(bytes) : null;
}
