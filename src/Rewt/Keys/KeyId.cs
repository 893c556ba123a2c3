using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Computes and checks the key id (<c>kid</c>) of a shared secret: the first 16 bytes of HMAC-SHA256(key: the secret, message: "rewt key id") in
/// base64url. Every instance computes the same id for the same secret, in every programming language. The id reveals nothing about a strong secret.
/// </summary>
internal static class KeyId
{
    public const int Length = 22;

    /// <summary>
    /// The possible last characters of a key id. The last of 22 characters encodes two bits of the sixteenth byte and four zero bits.
    /// </summary>
    private const string LastCharacters = "AQgw";

    public static string Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, "rewt key id"u8, hash);
        return Base64Url.EncodeToString(hash[..16]);
    }

    /// <summary>Returns whether a text has the form of a key id. If the key id of a token does not have this form, Redis is not read.</summary>
    public static bool IsPossible(string keyId) =>
        keyId.Length == Length && LastCharacters.Contains(keyId[^1], StringComparison.Ordinal) && Base64UrlText.Is(keyId);
}
