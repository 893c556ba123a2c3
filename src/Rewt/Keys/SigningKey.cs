using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A key with which this process signs tokens, and the one algorithm that it is used with. The derived classes are <see cref="RingKey"/> for a shared
/// secret and <see cref="KeyPair"/>.
/// </summary>
internal abstract class SigningKey
{
    private Header? _header;

    public abstract string KeyId { get; }

    /// <summary><c>alg</c> (RFC 7518 §3.1).</summary>
    public abstract string Algorithm { get; }

    /// <summary>The length of a signature in bytes.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>Writes the signature of <paramref name="data"/>. <paramref name="signature"/> must have <see cref="SignatureLength"/> bytes.</summary>
    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    /// <summary>The header of a token (RFC 7515 §4) in base64url. It is cached, because it is equal for all tokens of one type.</summary>
    public byte[] HeaderOf(string type, string? contentType)
    {
        var header = Volatile.Read(ref _header);
        if (header is null || header.Type != type || header.ContentType != contentType)
        {
            header = new Header(type, contentType, Encode(type, contentType));
            Volatile.Write(ref _header, header);
        }

        return header.Text;
    }

    private byte[] Encode(string type, string? contentType)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("alg"u8, Algorithm);
        json.WriteString("kid"u8, KeyId);
        // Written raw, because the default encoder would escape the '+' of the media type.
        json.WritePropertyName("typ"u8);
        json.WriteRawValue($"\"{type}\"", skipInputValidation: true);
        if (contentType is not null) json.WriteString("cty"u8, contentType);
        json.WriteEndObject();
        json.Flush();
        return Base64Url.EncodeToUtf8(buffer.WrittenSpan);
    }

    /// <summary>The encoded token header of this key for one type of token, cached for the next token.</summary>
    private sealed record Header(string Type, string? ContentType, byte[] Text);
}
