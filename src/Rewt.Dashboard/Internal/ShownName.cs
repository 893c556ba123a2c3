using System.Globalization;
using System.Text;

namespace Rewt.Internal;

/// <summary>Makes a name from Redis safe to display.</summary>
internal static class ShownName
{
    /// <summary>Replaces characters that are invisible, change the text direction or break the line with U+FFFD.</summary>
    public static string Of(string name)
    {
        if (name.EnumerateRunes().All(IsShown)) return name;

        var shown = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes()) shown.Append(IsShown(rune) ? rune.ToString() : "\uFFFD");
        return shown.ToString();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
