using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A key with which this process signs tokens. Each key is used with only one algorithm. The derived classes are <see cref="RingKey"/> for a shared
/// secret, and <see cref="KeyPair"/>.
/// </summary>
internal abstract class SigningKey
{
    private Header? _header;

    public abstract KeyId KeyId { get; }

    /// <summary>The algorithm of the key, which is the <c>alg</c> of its tokens (RFC 7518 §3.1).</summary>
    public abstract string Algorithm { get; }

    /// <summary>The length of a signature, in bytes.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>
    /// Writes the signature of <paramref name="data"/> into <paramref name="signature"/>, which must have <see cref="SignatureLength"/> bytes.
    /// </summary>
    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    /// <summary>
    /// Returns the header of a token (RFC 7515 §4) in base64url. The header is cached, because all tokens of one type have the same header.
    /// </summary>
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
        json.WriteString("kid"u8, KeyId.ToString());
        // Written raw, because the default encoder would escape the '+' of the media type.
        json.WritePropertyName("typ"u8);
        json.WriteRawValue($"\"{type}\"", skipInputValidation: true);
        if (contentType is not null) json.WriteString("cty"u8, contentType);
        json.WriteEndObject();
        json.Flush();
        return Base64Url.EncodeToUtf8(buffer.WrittenSpan);
    }

    /// <summary>The cached header of this key for one type of token, in base64url.</summary>
    private sealed record Header(string Type, string? ContentType, byte[] Text);
}
