using System.CommandLine;
using System.CommandLine.Parsing;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// Checks the command line before a command runs. A name that has the form of a key or a token is an error, and is not repeated in any message.
/// </summary>
internal static class ArgumentCheck
{
    /// <summary>The arguments and options whose values may be keys or tokens. If a value is a key or a token, no command prints the value.</summary>
    private static readonly string[] Free = ["token", "key", "--key", "--claim", GlobalOptions.Redis.Name];

    /// <summary>Returns the errors of the parser, and one error for each name that has the form of a key or a token.</summary>
    public static IReadOnlyList<string> Errors(ParseResult result)
    {
        var named = All(result.RootCommandResult).Where(symbol => !Free.Contains(Name(symbol), StringComparer.Ordinal)).ToList();
        var keys = named.Where(symbol => symbol.Tokens.Any(token => KeyMaterial.IsLikely(token.Value))).Select(symbol => $"{Name(symbol)} seems to be a key or a token, but a name is expected.");
        return [.. result.Errors.Select(error => Without(result.Tokens, error.Message)), .. keys];
    }

    private static string Without(IEnumerable<Token> tokens, string message) => tokens.Select(token => token.Value)
        .Where(value => value.Length > 0 && KeyMaterial.Shown(value)[0] != '\'')
        .Aggregate(message, (text, value) => text.Replace($"'{value}'", KeyMaterial.Shown(value), StringComparison.Ordinal).Replace(value, KeyMaterial.Shown(value), StringComparison.Ordinal));

    private static string Name(SymbolResult symbol) => symbol switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.Name,
        _ => string.Empty,
    };

    private static IEnumerable<SymbolResult> All(CommandResult command) =>
        command.Children.SelectMany(child => child is CommandResult inner ? All(inner) : child is OptionResult or ArgumentResult ? [child] : []);
}
