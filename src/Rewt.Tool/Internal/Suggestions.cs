using System.CommandLine;
using System.Globalization;

namespace Rewt.Tool;

/// <summary>
/// Adapts a completion request of a shell, for example <c>rewt "[suggest:12]" "rewt keys re"</c>, to the command-line parser. The parser answers the
/// request, but expects the name of the assembly instead of <c>rewt</c>.
/// </summary>
internal static class Suggestions
{
    private const string Directive = "[suggest";

    /// <summary>Replaces the name of the command by the name of the assembly, which the parser expects.</summary>
    public static string[] Normalize(string[] args)
    {
        if (args is not [var directive, var line, ..] || !directive.StartsWith(Directive, StringComparison.Ordinal)) return args;

        var name = line.Split(' ', 2)[0];
        if (Path.GetFileNameWithoutExtension(name) != RewtCommand.Name) return args;
        var moved = RootCommand.ExecutableName + line[name.Length..];
        var position = directive.Split(':', 2) is [_, var text] && int.TryParse(text.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : line.Length;
        var shifted = Math.Clamp(position + moved.Length - line.Length, 0, moved.Length);
        return [string.Create(CultureInfo.InvariantCulture, $"{Directive}:{shifted}]"), moved];
    }
}
