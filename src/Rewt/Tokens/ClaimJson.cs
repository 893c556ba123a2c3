using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Rewt.Internal;

/// <summary>
/// Serializes the values of claims that a caller adds to a token. If JSON reflection is available, values of any type can be serialized. Otherwise,
/// only values of the types in <see cref="ClaimJsonTypes"/> can be serialized.
/// </summary>
internal static class ClaimJson
{
    // The SDK disables JSON reflection in applications that are trimmed or compiled ahead of time.
    private static readonly JsonSerializerOptions Any = JsonSerializer.IsReflectionEnabledByDefault ? Reflecting() : ClaimJsonTypes.Default.Options;

    private static readonly JsonTypeInfo<IReadOnlyDictionary<string, object>> Written = (JsonTypeInfo<IReadOnlyDictionary<string, object>>)Any.GetTypeInfo(typeof(IReadOnlyDictionary<string, object>));
    private static readonly JsonTypeInfo<Dictionary<string, object>> Read = (JsonTypeInfo<Dictionary<string, object>>)Any.GetTypeInfo(typeof(Dictionary<string, object>));

    /// <exception cref="NotSupportedException">The type of the value cannot be serialized.</exception>
    public static void Write(Utf8JsonWriter json, object? value)
    {
        var type = value switch { null => null, JsonNode => typeof(JsonNode), _ => value.GetType() };
        if (type is null) json.WriteNullValue();
        else JsonSerializer.Serialize(json, value, Any.GetTypeInfo(type));
    }

    /// <summary>Serializes claims to one string. Two sets of claims are equal if their strings are equal.</summary>
    /// <exception cref="NotSupportedException">The type of a value cannot be serialized.</exception>
    public static string ToText(IReadOnlyDictionary<string, object> claims) => JsonSerializer.Serialize(claims, Written);

    public static Dictionary<string, object>? FromText(string claims) => JsonSerializer.Deserialize(claims, Read);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Called only if the feature switch allows reflection.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only if the feature switch allows reflection.")]
    private static JsonSerializerOptions Reflecting() => JsonSerializerOptions.Web;
}
