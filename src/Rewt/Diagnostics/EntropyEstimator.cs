namespace Rewt.Internal;

/// <summary>
/// Estimates the entropy of a secret in bits, so that <see cref="WeakSecrets"/> can distinguish random text from text that can be guessed. The
/// estimate is low for words, for sequences of the alphabet or the keyboard, and for repetitions. For random text, the estimate is at least the real
/// entropy.
/// </summary>
/// <remarks>
/// The probability of each character is predicted from up to five characters before it (Witten-Bell interpolation of the orders 0 to 5). The
/// prediction counts how often the same sequence of characters occurs in <see cref="Vocabulary"/> and in the preceding part of the text.
/// </remarks>
internal sealed class EntropyEstimator
{
    private const int Order = 5;
    private const int Symbols = 128;

    /// <summary>The symbol that represents every character outside ASCII.</summary>
    private const char Other = '\u007f';

    /// <summary>The number of characters that can separate words. Initially, the estimate treats all these characters as equally frequent.</summary>
    private const int Separators = 32;

    private const string Lookalikes = "013457@$";
    private const string Letters = "oieastas";

    private const string Vocabulary =
        "this is a my your our the secret secrets key keys token tokens secretkey password passw0rd passphrase phrase string random text value code word "
        + "signing sign signature private public shared session cookie jwt json web auth authentication authorization oauth api app application client "
        + "server service user admin root host node express django rails spring react demo please change changeme this in production development dev prod "
        + "test testing staging local example sample default placeholder todo replace replaced with insert put here enter set use used do not dont never "
        + "always must should be at least long longer very really super ultra mega secure secured security safe strong characters chars bytes bits 256 bit "
        + "512 128 64 32 16 minimum length enough more than for to of and or that it from you know one only some any mysecret topsecret supersecret hello "
        + "world foo bar baz love god keep config configuration environment variable env database encryption encrypt hash salt generate generated new name "
        + "project company website email login access refresh issuer audience there was were will would could have has had what when where which who why "
        + "how all can get make made go see time people year day man woman child life work hand part place week case point number group problem fact about "
        + "after again before because between both down each first good great into just like little look most much off other over own same still such their "
        + "them then these thing think through under up want water way well while awesome nobody everybody guess hack hacker hackers la el de que una clave "
        + "secreta secreto palabra para esta es muy seguro segura senha chave segredo mot passe geheim passwort 0123456789 abcdefghijklmnopqrstuvwxyz "
        + "zyxwvutsrqponmlkjihgfedcba 9876543210 1234567890 qwertyuiop asdfghjkl zxcvbnm qwertz azerty 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p "
        + "1q2w3e4r5t6y7u8i9o0p asdf qwer zxcv 0123456789abcdef 2020 2021 2022 2023 2024 2025 2026 ";

    /// <summary>For each symbol, the positions in the vocabulary that directly follow an occurrence of the symbol.</summary>
    private static readonly int[][] Following =
        [.. Enumerable.Range(0, Symbols).Select(symbol => Enumerable.Range(1, Vocabulary.Length - 1).Where(position => Vocabulary[position - 1] == symbol).ToArray())];

    /// <summary>
    /// The symbols of the text that have already been processed. A prediction counts sequences in these symbols and in the vocabulary.
    /// </summary>
    private readonly List<char> _text = [];
    private readonly List<int> _matches = [];

    /// <summary>
    /// Returns the estimated entropy of a text in bits. The calculation stops when the estimate reaches <paramref name="most"/>. If the result is not
    /// less than <paramref name="most"/>, the result is a lower bound.
    /// </summary>
    public static double Bits(string text, double most) => new EntropyEstimator().Describe(text, most);

    /// <summary>
    /// Returns the estimated entropy in bits of a text in which digits and signs replace letters (<c>S3cr3t</c>). One bit is added for each letter
    /// that may have been replaced.
    /// </summary>
    public static double BitsWithLettersFor(string text, double most)
    {
        var plain = string.Concat(text.Select(c => Lookalikes.IndexOf(c, StringComparison.Ordinal) is >= 0 and var index ? Letters[index] : c));
        return plain == text ? most : 1 + plain.Count(c => Letters.Contains(c, StringComparison.OrdinalIgnoreCase)) + new EntropyEstimator().Describe(plain, most);
    }

    private double Describe(string text, double most)
    {
        var bits = 0d;
        var separators = new int[Symbols];
        var separated = 0;
        // How often a letter was lower and upper case: at the start of a word, after a lower-case and after an upper-case letter.
        double[][] cases = [[1, 1], [3, 0.3], [1, 1]];
        var previous = 0;
        foreach (var c in text)
        {
            if (bits >= most) return bits;

            var symbol = char.IsAscii(c) ? char.ToLowerInvariant(c) : Other;
            if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c))
            {
                bits -= Math.Log2((separators[c] + 0.25) / (separated++ + (Separators * 0.25)));
                separators[c]++;
                symbol = ' ';
            }

            // An upper-case letter after a lower-case one begins a word, like a letter after a separator.
            var isWord = char.IsAsciiLetterUpper(c) && previous == 1;
            if (isWord) bits += Next(' ');
            bits += Next(symbol);
            if (symbol == Other) bits += 8;
            if (!char.IsAsciiLetter(c))
            {
                previous = 0;
                continue;
            }

            var form = char.IsAsciiLetterUpper(c) ? 1 : 0;
            if (!isWord)
            {
                bits -= Math.Log2(cases[previous][form] / cases[previous].Sum());
                cases[previous][form]++;
            }

            previous = form + 1;
        }

        return bits;
    }

    /// <summary>Returns the entropy of the next symbol in bits, and appends the symbol to the text.</summary>
    private double Next(char symbol)
    {
        var end = Vocabulary.Length + _text.Count;
        var last = At(end - 1);
        // The next symbol with any symbol before it, then those positions that follow the same last symbol, the same last two symbols and so on.
        var probability = (Following[symbol].Length + 1d) / (Vocabulary.Length + Symbols);
        _matches.Clear();
        _matches.AddRange(Following[last]);
        for (var position = Vocabulary.Length; position < end; position++)
        {
            if (At(position - 1) == last) _matches.Add(position);
        }

        for (var order = 1; order <= Order && _matches.Count > 0; order++)
        {
            var (found, seen, kept) = (0, UInt128.Zero, 0);
            for (var index = 0; index < _matches.Count; index++)
            {
                var position = _matches[index];
                var follower = At(position);
                if (follower == symbol) found++;
                seen |= UInt128.One << follower;
                if (position > order && At(position - order - 1) == At(end - order - 1)) _matches[kept++] = position;
            }

            var different = (int)UInt128.PopCount(seen);
            probability = (found + (different * probability)) / (_matches.Count + different);
            _matches.RemoveRange(kept, _matches.Count - kept);
        }

        _text.Add(symbol);
        return -Math.Log2(probability);
    }

    private char At(int position) => position < Vocabulary.Length ? Vocabulary[position] : _text[position - Vocabulary.Length];
}
