using System.Text.Json;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>JSON as RFC 7519 §4 and RFC 8259 wish it: UTF-8, no duplicate names, nothing after the object, bounded depth, real text.</summary>
internal static class StrictJson
{
    public static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = TokenLimits.JsonDepth };

    /// <exception cref="JsonException">It is no such JSON.</exception>
    /// <exception cref="InvalidOperationException">It holds half a surrogate pair.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span)) throw new JsonException("Not UTF-8.");
        RefuseLoneSurrogates(json.Span);
        return JsonDocument.Parse(json, Options);
    }

    /// <summary>A member that must be a string if it is there.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new JsonException($"'{name}' is not a string.");
    }

    /// <summary>A NumericDate (RFC 7519 §2) in whole seconds that must be a number if it is there.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static long? Seconds(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && IsTime(seconds)
            ? seconds
            : throw new JsonException($"'{name}' is not a time.");
    }

    /// <summary>Whether a number of seconds is a time that can be told: up to the end of the year 9999.</summary>
    public static bool IsTime(long seconds) => seconds is >= 0 and < 253402300800;

    /// <summary>What the parser throws at hostile input: bad JSON, bad base64url, a lone surrogate.</summary>
    public static bool IsMalformed(Exception exception) => exception is JsonException or FormatException or InvalidOperationException;

    /// <summary>In valid UTF-8 only an escape can spell half a pair, and the parser looks at one only when its string is read.</summary>
    private static void RefuseLoneSurrogates(ReadOnlySpan<byte> json)
    {
        if (!json.Contains((byte)'\\')) return;

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = TokenLimits.JsonDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped) _ = reader.GetString();
        }
    }
}
