using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rewt.Internal;

/// <summary>
/// Creates and parses the API keys of trusted apps. A key consists of <c>rewt_</c>, the id of the app, <c>_</c>, 32 random bytes in base64url (43
/// characters) and a checksum. The checksum is the first 6 bytes of the SHA-256 hash of all text before it, in base64url (8 characters).
/// </summary>
internal static class ApiKeyFormat
{
    public const string Prefix = "rewt_";

    public const int MaximumAppIdLength = 64;

    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int ChecksumBytes = 6;
    private const int ChecksumLength = 8;
    private const int KeyIdBytes = 9;
    private const int MaximumLength = 5 + MaximumAppIdLength + 1 + SecretLength + ChecksumLength;

    /// <summary>Returns whether a text begins like an API key.</summary>
    public static bool IsLikely(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool IsAppId(string? value) => Names.IsName(value) && value!.Length <= MaximumAppIdLength;

    public static string Create(string appId)
    {
        var body = $"{Prefix}{appId}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
        return body + Checksum(body);
    }

    /// <summary>
    /// Returns the id of the app in an API key; <see langword="null"/> if the key is malformed. A malformed key causes no read of the store. The id
    /// may contain any base64url character, because the parts after it have fixed lengths.
    /// </summary>
    public static string? AppIdOf(string key)
    {
        var idLength = key.Length - Prefix.Length - 1 - SecretLength - ChecksumLength;
        if (idLength < 1 || key.Length > MaximumLength || !key.StartsWith(Prefix, StringComparison.Ordinal) || key[Prefix.Length + idLength] != '_') return null;

        var appId = key.Substring(Prefix.Length, idLength);
        if (!IsAppId(appId) || !Base64UrlText.Is(key.AsSpan(Prefix.Length + idLength))) return null;
        return key.EndsWith(Checksum(key.AsSpan(0, key.Length - ChecksumLength)), StringComparison.Ordinal) ? appId : null;
    }

    /// <summary>
    /// Returns the hash of an API key, which is stored instead of the key. A slow hash would not increase the security, because a key has 256 random
    /// bits and cannot be guessed.
    /// </summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.ASCII.GetBytes(key));

    /// <summary>Returns the public id of an API key, which is derived from its hash and has 12 characters.</summary>
    public static string KeyIdOf(ReadOnlySpan<byte> hash) => Base64Url.EncodeToString(hash[..KeyIdBytes]);

    private static string Checksum(ReadOnlySpan<char> body)
    {
        Span<byte> text = stackalloc byte[MaximumLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(body, text)], hash);
        return Base64Url.EncodeToString(hash[..ChecksumBytes]);
    }
}
