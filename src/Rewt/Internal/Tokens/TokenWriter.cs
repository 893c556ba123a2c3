using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>Writes a token in JWS compact serialization (RFC 7515 §7.1).</summary>
internal static class TokenWriter
{
    /// <exception cref="ArgumentException">The token would be longer than receivers read.</exception>
    public static string Write(SigningKey key, string type, string? contentType, ReadOnlySpan<byte> payload)
    {
        var header = Header(key, type, contentType);
        var signedLength = Base64Url.GetEncodedLength(header.Length) + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(key.SignatureLength);
        if (length > TokenLimits.TokenLength)
        {
            throw new ArgumentException($"The token would have {length} characters; receivers read at most {TokenLimits.TokenLength}. Sign less.", nameof(payload));
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var at = Base64Url.EncodeToUtf8(header, buffer);
            buffer[at++] = (byte)'.';
            at += Base64Url.EncodeToUtf8(payload, buffer.AsSpan(at));

            Span<byte> signature = stackalloc byte[key.SignatureLength];
            key.Sign(buffer.AsSpan(0, at), signature);
            buffer[at++] = (byte)'.';
            at += Base64Url.EncodeToUtf8(signature, buffer.AsSpan(at));
            return Encoding.ASCII.GetString(buffer, 0, at);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ReadOnlySpan<byte> Header(SigningKey key, string type, string? contentType)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("alg"u8, key.Algorithm);
        json.WriteString("kid"u8, key.KeyId);
        // The media type's '+' is written as it is: the default encoder would spell it as an escape.
        json.WritePropertyName("typ"u8);
        json.WriteRawValue($"\"{type}\"", skipInputValidation: true);
        if (contentType is not null) json.WriteString("cty"u8, contentType);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
