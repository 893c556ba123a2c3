using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>Checks a signature with a public key that is for one algorithm alone (RFC 7515 §5.2), on the library's provider.</summary>
internal static class PublicSignature
{
    /// <summary>Of RSA with 4096 bits.</summary>
    private const int LongestSignature = 512;

    /// <summary>Whether a token of three parts, in base64url and not longer than the limit, is signed with the key.</summary>
    public static bool Holds(string token, IOneAlgorithmKey key)
    {
        var dot = token.LastIndexOf('.');
        if (Base64Url.GetMaxDecodedLength(token.Length - dot - 1) > LongestSignature + 2) return false;

        Span<byte> buffer = stackalloc byte[LongestSignature + 2];
        if (!Base64Url.TryDecodeFromChars(token.AsSpan(dot + 1), buffer, out var length) || length > LongestSignature) return false;

        var signature = buffer[..length].ToArray();
        var signed = ArrayPool<byte>.Shared.Rent(dot);
        try
        {
            return key.Verifier.Verify(signed, 0, Encoding.ASCII.GetBytes(token.AsSpan(0, dot), signed), signature, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }
}
