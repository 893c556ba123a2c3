using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt token inspect</c>: prints the header and claims of a token without verifying its signature.</summary>
internal static class TokenInspection
{
    /// <summary>The maximum length, in characters, of a claim value that a table shows completely.</summary>
    private const int LongestShown = 1000;

    /// <summary>
    /// The options of the JSON parser, which refuse duplicate names as services do. Otherwise, a later error would contain the unescaped name.
    /// </summary>
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly string[] Times = ["iat", "exp", "nbf"];

    public static int Run(ToolContext context, string token)
    {
        if (token.Length > TokenLimits.TokenLength) throw new ToolException(ExitCode.BadToken, $"The text has {token.Length} characters. No service accepts a token of more than {TokenLimits.TokenLength}.");

        var parts = token.Split('.');
        if (parts.Length != 3 || Part(parts[0]) is not { } header || Part(parts[1]) is not { } claims)
        {
            throw new ToolException(ExitCode.BadToken, "The text is not a JSON Web Token. A token has three base64url parts separated by dots, and the first two contain JSON without duplicate names.");
        }

        if (context.IsJson)
        {
            context.WriteJson(new { header, claims, signature = "not checked" });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("Part", "Name", "Value");
        foreach (var (name, value) in header) table.AddRow("header", Cell(name), Cell(Text(value)));
        foreach (var (name, value) in claims) table.AddRow("claims", Cell(name), Cell(Text(value)) + Time(name, value));
        context.Console.Write(table);
        context.WriteLine("The signature was not checked. 'rewt token verify' checks it.");
        return ExitCode.Done;
    }

    private static JsonObject? Part(string text)
    {
        try
        {
            return Base64Url.IsValid(text) ? JsonNode.Parse(Base64Url.DecodeFromChars(text), documentOptions: Strict) as JsonObject : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string Cell(string text) => Markup.Escape(UntrustedText.Escape(text, LongestShown));

    private static string Text(JsonNode? value) => value is JsonValue single && single.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString() ?? "null";

    private static string Time(string name, JsonNode? value) =>
        Times.Contains(name, StringComparer.Ordinal) && value is JsonValue number && number.TryGetValue<double>(out var seconds) && seconds is > 0 and < 253_402_300_799
            ? $" ({TokenClaims.At(seconds):yyyy-MM-dd HH:mm:ss}Z)"
            : "";
}
