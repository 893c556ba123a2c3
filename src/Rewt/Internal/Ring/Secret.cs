using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>A shared secret: text whose UTF-8 bytes are the HS256 key.</summary>
internal sealed class Secret : IEquatable<Secret>
{
    /// <summary>RFC 7518 §3.2: a key of at least the size of the hash output.</summary>
    public const int MinimumBytes = 32;

    public const int MaximumBytes = 4096;

    private readonly byte[] _bytes;

    private Secret(byte[] bytes)
    {
        _bytes = bytes;
        KeyId = Rewt.Internal.KeyId.Of(bytes);
    }

    public string KeyId { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static Secret Generate()
    {
        var random = RandomNumberGenerator.GetBytes(32);
        var secret = new Secret(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(random)));
        CryptographicOperations.ZeroMemory(random);
        return secret;
    }

    /// <summary>Takes a value as it stands in Redis, or says what is wrong with it without repeating it.</summary>
    public static Secret? TryParse(ReadOnlySpan<byte> value, out string? problem)
    {
        problem = value.Length switch
        {
            0 => "the value is empty",
            < MinimumBytes => $"the value has {value.Length} bytes, fewer than {MinimumBytes}",
            > MaximumBytes => $"the value has more than {MaximumBytes} bytes",
            _ => Utf8.IsValid(value) ? null : "the value is not UTF-8 text",
        };
        return problem is null ? new Secret(value.ToArray()) : null;
    }

    public byte[] CopyBytes() => [.. _bytes];

    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>Names the key and never shows it, so that no log or message can.</summary>
    public override string ToString() => $"secret of key {KeyId}";
}
