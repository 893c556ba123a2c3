using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Creates the text of a signed token: encodes the payload, signs it with the key, and returns the JWS compact serialization (RFC 7515 §7.1).
/// </summary>
internal static class TokenWriter
{
    /// <exception cref="ArgumentException">The token would be longer than <see cref="TokenLimits.TokenLength"/> characters.</exception>
    public static string Write(SigningKey key, string type, string? contentType, ReadOnlySpan<byte> payload)
    {
        var header = key.HeaderOf(type, contentType);
        var signedLength = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(key.SignatureLength);
        if (length > TokenLimits.TokenLength)
        {
            throw new ArgumentException($"The token would have {length} characters; receivers accept at most {TokenLimits.TokenLength}. Sign less data.", nameof(payload));
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            header.CopyTo(buffer, 0);
            var at = header.Length;
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
}
