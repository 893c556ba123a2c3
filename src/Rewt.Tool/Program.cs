using System.CommandLine;
using System.CommandLine.Help;
using Rewt.Internal;

namespace Rewt.Tool;

/// <summary>
/// The entry point of the command-line tool <c>rewt</c>: parses the arguments, runs the command, and reports errors. Results are written to standard
/// output, and all other text to standard error.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        // A key id may begin with a hyphen and must not be read as several options.
        var result = RewtCommand.Create().Parse(Suggestions.Normalize(args), new ParserConfiguration { EnablePosixBundling = false });
        if (result.Action is not HelpAction && ArgumentCheck.Errors(result) is { Count: > 0 } errors)
        {
            foreach (var error in errors) await Console.Error.WriteLineAsync($"rewt: {error}");
            await Console.Error.WriteLineAsync("Run 'rewt --help', or add --help to a command, to see the commands and options.");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        if (result.Action is HelpAction) return await HelpAsync(result, configuration);

        TimeLimit.BePatient();
        try
        {
            return await result.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            var failure = Failure.Of(exception, ToolContext.Of(result).Namespace);
            await Console.Error.WriteLineAsync($"rewt: {failure.Message}");
            return failure.ExitCode;
        }
    }

    /// <summary>Prints the help text of the parser, with the name of the command instead of the name of the assembly.</summary>
    private static async Task<int> HelpAsync(ParseResult result, InvocationConfiguration configuration)
    {
        await using var text = new StringWriter();
        configuration.Output = text;
        var code = await result.InvokeAsync(configuration);
        await Console.Out.WriteAsync(text.ToString().Replace(RootCommand.ExecutableName, RewtCommand.Name, StringComparison.Ordinal));
        return code;
    }
}
