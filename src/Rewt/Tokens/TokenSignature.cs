using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Verifies the signature of a token with a key and the only algorithm that the key permits (RFC 7515 §5.2). HS256 signatures are not verified by the
/// Microsoft.IdentityModel libraries: for a wrong signature, they report the SHA-256 hash of the symmetric key, which permits an offline attack on a
/// weak secret.
/// </summary>
internal static class TokenSignature
{
    /// <summary>
    /// Returns whether the signature of a token is valid. The caller must have checked that the token has three base64url parts and a permitted
    /// length, and that the signature has the length of the key's signatures.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="key">A <see cref="SymmetricSecurityKey"/> or an <see cref="IOneAlgorithmKey"/>.</param>
    public static bool Holds(string token, SecurityKey key)
    {
        var dot = token.LastIndexOf('.');
        var rented = ArrayPool<byte>.Shared.Rent(dot);
        try
        {
            var length = Encoding.ASCII.GetBytes(token.AsSpan(0, dot), rented);
            if (key is SymmetricSecurityKey secret) return IsHmac(rented.AsSpan(0, length), token.AsSpan(dot + 1), secret);

            var signature = Base64Url.DecodeFromChars(token.AsSpan(dot + 1));
            return ((IOneAlgorithmKey)key).Verifier.Verify(rented, 0, length, signature, 0, signature.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool IsHmac(ReadOnlySpan<byte> signed, ReadOnlySpan<char> signature, SymmetricSecurityKey key)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> computed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Base64Url.TryDecodeFromChars(signature, given, out var length) && length == given.Length
            && TryCompute(key, signed, computed)
            && CryptographicOperations.FixedTimeEquals(computed, given);
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
