using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The claims that bind a token to one request or message: the HTTP method, the hashes of the target and of the content, and whether the token is
/// accepted only once. The names of these claims follow the pattern of the claims <c>htm</c> and <c>htu</c> of RFC 9449. The claim <c>htu</c> itself
/// is not used, because it does not include the query and the body. The page docs/binding.md defines the exact bytes of each value.
/// </summary>
/// <param name="Method">The HTTP method of the request (<c>htm</c>).</param>
/// <param name="Target">The hash of the request's path and query, exactly as they are sent (<c>htt</c>).</param>
/// <param name="Body">The hash of the request's body, with the content type and the content encoding (<c>htb</c>).</param>
/// <param name="Message">The hash of a message that is sent over a transport other than HTTP (<c>mbh</c>).</param>
/// <param name="IsOneTime">Whether the token is accepted only once (<c>otu</c>).</param>
internal sealed record TokenBinding(string? Method = null, string? Target = null, string? Body = null, string? Message = null, bool IsOneTime = false)
{
    /// <summary>The names of the claims that contain a binding. Only this library writes these claims.</summary>
    public static readonly string[] Claims = ["htm", "htt", "htb", "mbh", "otu"];

    private const int ShortText = 512;

    /// <summary>A hash object that each thread reuses, because creating one takes longer than hashing a short text.</summary>
    [ThreadStatic]
    private static IncrementalHash? _sha256;

    /// <summary>Returns the binding that the claims of a token contain; <see langword="null"/> if the token is not bound.</summary>
    public static TokenBinding? Of(string? method, string? target, string? body, string? message, bool isOneTime) =>
        method is null && target is null && body is null && message is null && !isOneTime ? null : new TokenBinding(method, target, body, message, isOneTime);

    /// <summary>Whether the token is bound to the method and the target of a request.</summary>
    public bool HasTarget => Method is not null && Target is not null;

    /// <summary>Whether the token is bound to a request.</summary>
    public bool IsForRequest => (Method ?? Target ?? Body) is not null;

    /// <summary>Returns the SHA-256 hash of bytes, followed by <paramref name="rest"/>, in base64url.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> rest = default)
    {
        var sha256 = _sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        sha256.AppendData(bytes);
        sha256.AppendData(rest);
        sha256.GetHashAndReset(hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Returns the SHA-256 hash of the UTF-8 bytes of a text, followed by <paramref name="rest"/>, in base64url.</summary>
    public static string HashOf(ReadOnlySpan<char> text, ReadOnlySpan<byte> rest = default)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (longest <= ShortText)
        {
            Span<byte> bytes = stackalloc byte[ShortText];
            return HashOf(bytes[..Encoding.UTF8.GetBytes(text, bytes)], rest);
        }

        var rented = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            return HashOf(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)), rest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Returns the text that is hashed before the body. The text contains the headers <c>Content-Type</c> and <c>Content-Encoding</c>, because the
    /// same bytes have another meaning with another type or encoding.
    /// </summary>
    public static string BodyHead(string? contentType, string? contentEncoding) => $"{contentType}\n{contentEncoding}\n";

    public void Write(Utf8JsonWriter json)
    {
        if (Method is not null) json.WriteString("htm"u8, Method);
        if (Target is not null) json.WriteString("htt"u8, Target);
        if (Body is not null) json.WriteString("htb"u8, Body);
        if (Message is not null) json.WriteString("mbh"u8, Message);
        if (IsOneTime) json.WriteBoolean("otu"u8, true);
    }
}
