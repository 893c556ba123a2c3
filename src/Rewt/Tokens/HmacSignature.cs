using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies the HS256 signature of a token (RFC 7518 §3.2). The Microsoft.IdentityModel libraries are not used: for a wrong signature, they report
/// the SHA-256 hash of the symmetric key, which permits an offline attack on a weak secret.
/// </summary>
internal static class HmacSignature
{
    /// <summary>
    /// Returns whether the signature of a token is valid. The caller must have checked that the token has three base64url parts and a permitted
    /// length, and that the signature has the length of an HS256 signature.
    /// </summary>
    public static bool Holds(string token, SymmetricSecurityKey key)
    {
        var dot = token.LastIndexOf('.');
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Base64Url.TryDecodeFromChars(token.AsSpan(dot + 1), given, out var length) || length != given.Length) return false;

        var signed = ArrayPool<byte>.Shared.Rent(dot);
        try
        {
            Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
            return TryCompute(key, signed.AsSpan(0, Encoding.ASCII.GetBytes(token.AsSpan(0, dot), signed)), computed)
                && CryptographicOperations.FixedTimeEquals(computed, given);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }

    private static bool TryCompute(SymmetricSecurityKey key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (key is RingSecurityKey ring)
        {
            ring.Sign(data, signature);
            return true;
        }

        return key.Key is { Length: >= Secret.MinimumBytes } secret && HMACSHA256.TryHashData(secret, data, signature, out _);
    }
}
