using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Verifies a signature (RFC 7515 §5.2) with a public key for exactly one algorithm, by the signature provider of the Microsoft.IdentityModel
/// libraries.
/// </summary>
internal static class PublicSignature
{
    /// <summary>The length in bytes of an RSA signature with a 4096-bit key.</summary>
    private const int LongestSignature = 512;

    /// <summary>Verifies the signature of a token that has three base64url parts and does not exceed the length limit.</summary>
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
