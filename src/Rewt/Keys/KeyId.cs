using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The id of a key (<c>kid</c>, RFC 7515 §4.1.4): a text that is not empty. Two ids are equal if all characters are equal. The default value
/// represents no key: it equals only itself, and its text is empty.
/// </summary>
internal readonly record struct KeyId
{
    /// <summary>The length of the key id of a shared secret.</summary>
    public const int Length = 22;

    /// <summary>The length of a SHA-256 thumbprint (RFC 7638) in characters of base64url, which is the key id of a key pair.</summary>
    public const int ThumbprintLength = 43;

    /// <summary>
    /// The possible last characters of the key id of a shared secret. The last of 22 characters encodes two bits of the sixteenth byte and four zero
    /// bits.
    /// </summary>
    private const string LastCharacters = "AQgw";

    private readonly string? _text;

    private KeyId(string text) => _text = text;

    /// <summary>Whether a shared secret can have this id. An id of another form causes no read of the key ring of the secret.</summary>
    public bool IsOfSecret => _text is { Length: Length } && LastCharacters.Contains(_text[^1], StringComparison.Ordinal) && Base64UrlText.Is(_text);

    /// <summary>Whether a key pair can have this id.</summary>
    public bool IsOfKeyPair => _text is { Length: ThumbprintLength } && Base64UrlText.Is(_text);

    /// <summary>
    /// Computes the key id of a shared secret: the first 16 bytes of HMAC-SHA256(key: the secret, message: "rewt key id") in base64url. Every instance
    /// computes the same id for the same secret, in every programming language. The id reveals nothing about a strong secret.
    /// </summary>
    public static KeyId Of(ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, "rewt key id"u8, hash);
        return new KeyId(Base64Url.EncodeToString(hash[..16]));
    }

    /// <summary>Returns the key id in a text that is not trusted, such as the <c>kid</c> of a token; <see langword="null"/> if the text is null or empty.</summary>
    public static KeyId? TryParse(string? text) => string.IsNullOrEmpty(text) ? null : new KeyId(text);

    /// <summary>Returns the key id in a text that is known not to be empty.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static KeyId Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        return new KeyId(text);
    }

    public override string ToString() => _text ?? string.Empty;
}
