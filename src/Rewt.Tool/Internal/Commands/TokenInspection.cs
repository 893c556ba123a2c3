using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rewt.Internal;
using Spectre.Console;

namespace Rewt.Tool;

/// <summary><c>rewt token inspect</c>: prints the header and claims of a token without its signature.</summary>
internal static class TokenInspection
{
    private static readonly string[] Times = ["iat", "exp", "nbf"];

    public static int Run(ToolContext context, string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || Part(parts[0]) is not { } header || Part(parts[1]) is not { } claims)
        {
            throw new ToolException(ExitCode.BadToken, "The text is not a JSON Web Token. A token has three base64url parts separated by dots, and the first two contain JSON.");
        }

        if (context.IsJson)
        {
            context.WriteJson(new { header, claims, signature = "not checked" });
            return ExitCode.Done;
        }

        var table = new Table().AddColumns("Part", "Name", "Value");
        foreach (var (name, value) in header) table.AddRow("header", Markup.Escape(name), Markup.Escape(Text(value)));
        foreach (var (name, value) in claims) table.AddRow("claims", Markup.Escape(name), Markup.Escape(Text(value) + Time(name, value)));
        context.Console.Write(table);
        context.WriteLine("The signature was not checked. 'rewt token verify' checks it.");
        return ExitCode.Done;
    }

    private static JsonObject? Part(string text)
    {
        try
        {
            return Base64Url.IsValid(text) ? JsonNode.Parse(Base64Url.DecodeFromChars(text)) as JsonObject : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Formats a value. Control characters are replaced, because the token is untrusted and a terminal could interpret them.</summary>
    private static string Text(JsonNode? value)
    {
        var text = value is JsonValue single && single.TryGetValue<string>(out var plain) ? plain : value?.ToJsonString() ?? "null";
        return new StringBuilder().AppendJoin("", text.Select(c => char.IsControl(c) ? '?' : c)).ToString();
    }

    private static string Time(string name, JsonNode? value) =>
        Times.Contains(name, StringComparer.Ordinal) && value is JsonValue number && number.TryGetValue<double>(out var seconds) && seconds is > 0 and < 253_402_300_799
            ? $" ({TokenClaims.At(seconds):yyyy-MM-dd HH:mm:ss}Z)"
            : "";
}
