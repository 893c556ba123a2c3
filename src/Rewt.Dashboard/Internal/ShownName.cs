using System.Globalization;
using System.Text;

namespace Rewt.Internal;

/// <summary>A name that others wrote to Redis, as it is shown.</summary>
internal static class ShownName
{
    /// <summary>Without what would be invisible, turn the direction of what stands beside it or break the line: each such character becomes U+FFFD.</summary>
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
