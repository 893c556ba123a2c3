using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Escapes and shortens text from outside, such as values in Redis and responses of servers, before the text is shown in a log, a terminal, an
/// exception or the dashboard. Without escaping, the text could forge log lines or control a terminal.
/// </summary>
internal static class UntrustedText
{
    public const int UsualLength = 200;

    private const string Cut = "...";

    private static readonly SearchValues<char> Harmless = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

    /// <summary>
    /// Replaces with <c>\uXXXX</c> each character that a log or a terminal could interpret, and shortens a long text with a visible mark. A short text
    /// without such characters is returned unchanged. The result of an earlier call is also returned unchanged.
    /// </summary>
    /// <param name="text">The text to escape.</param>
    /// <param name="maximumLength">The maximum number of characters in the result, including the mark of a shortened text.</param>
    public static string Escape(string text, int maximumLength = UsualLength) => Escape(text, maximumLength, isQuoted: false);

    private static string Escape(string text, int maximumLength, bool isQuoted)
    {
        if (text.Length <= maximumLength && !text.AsSpan().ContainsAnyExcept(Harmless) && !(isQuoted && text.Contains('\'', StringComparison.Ordinal))) return text;

        var escaped = new StringBuilder();
        var kept = 0;
        for (var index = 0; index < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, index, out var character);
            var end = index + (isWhole ? character.Utf16SequenceLength : 1);
            var isShown = isWhole && !IsInterpreted(character) && !(isQuoted && character.Value == '\'');
            for (; index < end; index++)
            {
                if (isShown) escaped.Append(text[index]);
                else escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:x4}");
            }

            if (escaped.Length > maximumLength) return escaped.Remove(kept, escaped.Length - kept).Append(Cut).ToString();
            if (escaped.Length <= maximumLength - Cut.Length) kept = escaped.Length;
        }

        return escaped.ToString();
    }

    /// <summary>Escapes a text and the quotes in it, and returns the result in quotes.</summary>
    public static string Quote(string text, int maximumLength = UsualLength) => $"'{Escape(text, maximumLength, isQuoted: true)}'";

    /// <summary>Returns the escaped messages of an exception and of its inner exceptions. The messages can contain text from a server.</summary>
    public static string Of(Exception exception)
    {
        var messages = new List<string>();
        for (var cause = exception; cause is not null; cause = cause.InnerException) messages.Add(cause.Message);
        return Escape(string.Join(" ", messages), 2 * UsualLength);
    }

    /// <summary>
    /// Returns whether a log or a terminal could interpret a character. Such characters are control characters, format characters such as
    /// bidirectional marks, line separators, and characters that this version of .NET does not know.
    /// </summary>
    public static bool IsInterpreted(Rune character) => Rune.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;
}
