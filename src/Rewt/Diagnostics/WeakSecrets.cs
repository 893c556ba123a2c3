using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Tells whether a secret can be guessed, and why: it is too short, or is text that a person, a manual or a template would write instead of random
/// text. The doctor warns of such a shared secret, and the start fails with such a sealing key.
/// </summary>
internal static class WeakSecrets
{
    /// <summary>
    /// The bits for each character below which a text is not random. The model needs more than 6 for random text in any usual form: hexadecimal, a GUID,
    /// base64. It needs 1 to 5 for words, sequences and repetitions.
    /// </summary>
    private const double FewestBits = 5;

    /// <summary>The characters that count at most: a long text may contain a random part, which is enough.</summary>
    private const int MostCharacters = 100;

    /// <summary>
    /// Returns the reason why the secret is weak, as the end of a sentence that does not repeat it; <see langword="null"/> when it is not weak.
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

    /// <summary>Returns the printable texts whose base64 or hexadecimal form the secret is. Random bytes of this length are not printable.</summary>
    private static IEnumerable<string> Decoded(string text)
    {
        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) && Printable(Convert.FromHexString(text)) is { } plain) yield return plain;

        var unpadded = text.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        if (Base64Url.IsValid(unpadded) && Printable(Base64Url.DecodeFromChars(unpadded)) is { } decoded) yield return decoded;
    }

    private static string? Printable(byte[] bytes) => Array.TrueForAll(bytes, one => one is >= (byte)' ' and <= (byte)'~') ? Encoding.ASCII.GetString(bytes) : null;
}
