using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary>
/// The context of a command of the tool: the global options, the clock, the output and the confirmations of the user. Environment variables and
/// defaults replace options that the user did not give.
/// </summary>
internal sealed class ToolContext
{
    /// <summary>The width of the output, in characters, if there is no terminal. A table of key ids fits into this width.</summary>
    private const int UnknownWidth = 200;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // HTML escaping is not needed, because the output goes to a terminal or a program.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OneLine = new(Indented) { WriteIndented = false };

    private readonly TextWriter _out = System.Console.Out;
    private readonly TextWriter _error = System.Console.Error;
    private readonly bool _yes;

    private ToolContext(ParseResult arguments)
    {
        Redis = arguments.GetValue(GlobalOptions.Redis) ?? Environment.GetEnvironmentVariable(GlobalOptions.RedisVariable) ?? "localhost:6379";
        Namespace = arguments.GetValue(GlobalOptions.Namespace) ?? Environment.GetEnvironmentVariable(GlobalOptions.NamespaceVariable) ?? "rewt";
        SealingKeyFiles = arguments.GetValue(GlobalOptions.SealingKeyFiles) is [_, ..] files ? files : Environment.GetEnvironmentVariable(GlobalOptions.SealingKeyVariable) is { Length: > 0 } file ? [file] : [];
        Seals = arguments.GetValue(GlobalOptions.Seal);
        IsJson = arguments.GetValue(GlobalOptions.Output) == OutputFormat.Json;
        ShowSecret = arguments.GetValue(GlobalOptions.ShowSecret);
        _yes = arguments.GetValue(GlobalOptions.Yes);
        Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Out) });
        if (System.Console.IsOutputRedirected) Console.Profile.Width = UnknownWidth;
    }

    public string Redis { get; }

    public string Namespace { get; }

    public IReadOnlyList<string> SealingKeyFiles { get; }

    /// <summary>
    /// Whether the tool accepts secrets that are stored in plain text, although the user has given a sealing key. If the value is
    /// <see langword="true"/>, the tool also seals these secrets.
    /// </summary>
    public bool Seals { get; }

    public bool IsJson { get; }

    public bool ShowSecret { get; }

    public IAnsiConsole Console { get; }

    public TimeProvider Time { get; } = TimeProvider.System;

    public static ToolContext Of(ParseResult arguments) => new(arguments);

    public void WriteJson(object value) => _out.WriteLine(Json(value, Indented));

    public void WriteJsonLine(object value) => _out.WriteLine(Json(value, OneLine));

    /// <summary>
    /// Serializes a value as JSON, and escapes format characters, which the encoder does not escape. A JSON parser reads the escaped character as the
    /// original character.
    /// </summary>
    private static string Json(object value, JsonSerializerOptions options) =>
        string.Join(Environment.NewLine, JsonSerializer.Serialize(value, options).Split(Environment.NewLine).Select(line => UntrustedText.Escape(line, int.MaxValue)));

    public void WriteLine(string text) => _out.WriteLine(text);

    /// <summary>Writes a note to standard error, because standard output contains only the result.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <exception cref="ToolException">The user declined, or there is no terminal on which the user could confirm.</exception>
    public async Task ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        if (_yes) return;
        if (System.Console.IsInputRedirected)
        {
            throw new ToolException(ExitCode.Usage, $"{question} Nothing was changed, because there is no terminal for the confirmation. Add --yes to skip the confirmation.");
        }

        await _error.WriteAsync($"{question} [y/N] ");
        var answer = await System.Console.In.ReadLineAsync(cancellationToken);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES")) throw new ToolException(ExitCode.Refused, "Nothing was changed.");
    }
}
