using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>The values of the header <c>cty</c> of data tokens (RFC 7515 §4.1.10, without "application/" or "text/"), and their conversion.</summary>
internal static class DataContent
{
    public const string Json = "json";

    public const string Text = "plain";

    public const string Bytes = "octet-stream";

    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes) => json.WriteStringValue(Base64Url.EncodeToString(bytes));

    public static byte[] ReadBytes(JsonElement data) => Base64Url.DecodeFromChars(data.GetString());
}
