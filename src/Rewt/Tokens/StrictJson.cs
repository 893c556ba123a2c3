using System.Text.Json;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>
/// Parses the JSON of tokens and keys strictly, according to RFC 7519 §4 and RFC 8259. The text must be valid UTF-8 without duplicate names, without
/// lone surrogates and without text after the object. The depth and the number of values are limited.
/// </summary>
internal static class StrictJson
{
    public static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = TokenLimits.JsonDepth };

    /// <exception cref="JsonException">The text is not valid JSON, or violates a rule of this parser.</exception>
    /// <exception cref="InvalidOperationException">The text contains a lone surrogate.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span)) throw new JsonException("Not UTF-8.");
        if (HasTooManyValues(json.Span)) throw new JsonException("Too many values.");
        RefuseLoneSurrogates(json.Span);
        return JsonDocument.Parse(json, Options);
    }

    /// <summary>Returns a member that must be a string if it exists; <see langword="null"/> if it does not exist.</summary>
    /// <exception cref="JsonException">The member is not a string.</exception>
    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>Returns a value that must be a string.</summary>
    /// <exception cref="JsonException">The value is not a string.</exception>
    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException("A value is not a string.");

    /// <summary>
    /// Returns a value that must be a NumericDate (RFC 7519 §2), which is a number of seconds. The number may have a fraction or an exponent.
    /// </summary>
    /// <exception cref="JsonException">The value is not a NumericDate.</exception>
    public static double Seconds(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && IsTime(seconds)
        ? seconds
        : throw new JsonException("A value is not a time.");

    /// <summary>
    /// Returns whether <see cref="DateTimeOffset"/> can represent a number of seconds as a date. The latest date is the end of the year 9999.
    /// </summary>
    public static bool IsTime(double seconds) => seconds is >= 0 and < 253402300800;

    /// <summary>Returns whether a JSON text has more than <see cref="TokenLimits.Values"/> members and elements, on all levels together.</summary>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static bool HasTooManyValues(ReadOnlySpan<byte> json)
    {
        // One of these characters comes before each value, so that most texts need no exact count.
        if (json.Count((byte)',') + json.Count((byte)'{') + json.Count((byte)'[') <= TokenLimits.Values) return false;

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = TokenLimits.JsonDepth });
        var values = -1;
        while (values <= TokenLimits.Values && reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray)) values++;
        }

        return values > TokenLimits.Values;
    }

    /// <summary>Returns whether an exception means that the input is malformed: invalid JSON, invalid base64url or a lone surrogate.</summary>
    public static bool IsMalformed(Exception exception) => exception is JsonException or FormatException or InvalidOperationException;

    /// <summary>
    /// Throws if the text contains a lone surrogate. In valid UTF-8, only an escape can produce a lone surrogate. The JSON parser detects it only
    /// when the string is read, so this method reads every escaped string.
    /// </summary>
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
