using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The types of content that signed data can have (header <c>cty</c> of its token, RFC 7515 §4.1.10, without "application/" or "text/"): JSON, text
/// and bytes.
/// </summary>
internal static class DataContentTypes
{
    public const string Json = "json";

    public const string Text = "plain";

    public const string Bytes = "octet-stream";

    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes) => json.WriteStringValue(Base64Url.EncodeToString(bytes));

    public static byte[] ReadBytes(JsonElement data) => Base64Url.DecodeFromChars(data.GetString());
}
