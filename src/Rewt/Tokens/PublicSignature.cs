using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Verifies the signature of a token (RFC 7515 §5.2) with a public key and the only algorithm that the key permits. The signature provider of the
/// Microsoft.IdentityModel libraries is used.
/// </summary>
internal static class PublicSignature
{
    /// <summary>
    /// Returns whether the signature of a token is valid. The caller must have checked that the token has three base64url parts and a permitted
    /// length, and that the signature has the length of the key's signatures.
    /// </summary>
    public static bool Holds(string token, IOneAlgorithmKey key)
    {
        var dot = token.LastIndexOf('.');
        var signature = Base64Url.DecodeFromChars(token.AsSpan(dot + 1));
        var signed = ArrayPool<byte>.Shared.Rent(dot);
        try
        {
            return key.Verifier.Verify(signed, 0, Encoding.ASCII.GetBytes(token.AsSpan(0, dot), signed), signature, 0, signature.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(signed);
        }
    }
}
