using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The content types of signed data: JSON, text and bytes. The constants are the values of the header <c>cty</c> (RFC 7515 §4.1.10), without
/// "application/" or "text/".
/// </summary>
internal static class DataContentTypes
{
    public const string Json = "json";

    public const string Text = "plain";

    public const string Bytes = "octet-stream";

    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes) => json.WriteStringValue(Base64Url.EncodeToString(bytes));

    /// <summary>Returns the bytes of a JSON string; <see langword="null"/> if the string is not base64url.</summary>
    public static byte[]? TryReadBytes(JsonElement data) => data.GetString() is { } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
}
