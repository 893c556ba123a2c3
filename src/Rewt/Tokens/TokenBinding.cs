using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// The claims that bind a token to one request or message, so that it is accepted with no other: the method, hashes of the target and of the content,
/// and whether it is accepted only once. The names are modelled on <c>htm</c> and <c>htu</c> of RFC 9449, whose <c>htu</c> covers neither query nor
/// body; docs/binding.md states the exact bytes of each value.
/// </summary>
/// <param name="Method">The method of an HTTP request (<c>htm</c>).</param>
/// <param name="Target">The hash of its path and query as on the wire (<c>htt</c>).</param>
/// <param name="Body">The hash of its content with the type and the coding of the content (<c>htb</c>).</param>
/// <param name="Message">The hash of a message of another transport (<c>mbh</c>).</param>
/// <param name="IsOneTime">Whether the token is accepted only once (<c>otu</c>).</param>
internal sealed record TokenBinding(string? Method = null, string? Target = null, string? Body = null, string? Message = null, bool IsOneTime = false)
{
    /// <summary>The names of the claims with a binding, which only this library writes.</summary>
    public static readonly string[] Claims = ["htm", "htt", "htb", "mbh", "otu"];

    private const int ShortText = 512;

    /// <summary>A reusable hash of the thread: a new one takes longer than the hashing of a short text.</summary>
    [ThreadStatic]
    private static IncrementalHash? _sha256;

    /// <summary>Returns the binding in a token's claims; <see langword="null"/> for a token that is bound to nothing.</summary>
    public static TokenBinding? Of(string? method, string? target, string? body, string? message, bool isOneTime) =>
        method is null && target is null && body is null && message is null && !isOneTime ? null : new TokenBinding(method, target, body, message, isOneTime);

    /// <summary>Whether the token is bound to method and target of a request.</summary>
    public bool HasTarget => Method is not null && Target is not null;

    /// <summary>Whether the token is bound to a request.</summary>
    public bool IsForRequest => (Method ?? Target ?? Body) is not null;

    /// <summary>Returns the SHA-256 hash in base64url.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes)
    {
        var sha256 = _sha256 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        sha256.AppendData(bytes);
        sha256.GetHashAndReset(hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Returns the hash of a text's UTF-8 bytes.</summary>
    public static string HashOf(ReadOnlySpan<char> text)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (longest <= ShortText)
        {
            Span<byte> bytes = stackalloc byte[ShortText];
            return HashOf(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            return HashOf(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Returns what is hashed in front of a body: the headers that say how to read it. Another type or coding would give the same bytes another meaning.
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
