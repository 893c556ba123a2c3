using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Checks HS256 (RFC 7518 §3.2) without the library below, which puts the SHA-256 of a symmetric key into what it reports of a bad signature:
/// an offline guess at a secret that a human chose.
/// </summary>
internal static class HmacSignature
{
    /// <summary>Whether a token of three parts, in base64url and not longer than the limit, is signed with the key.</summary>
    public static bool Holds(string token, SymmetricSecurityKey key)
    {
        var dot = token.LastIndexOf('.');
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Base64Url.GetEncodedLength(given.Length) != token.Length - dot - 1) return false;
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
