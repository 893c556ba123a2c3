using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>
/// A shared secret: a text whose UTF-8 bytes are the HS256 key that signs and verifies tokens. It is validated when it is parsed, and its text is
/// never printed.
/// </summary>
internal sealed class Secret : IEquatable<Secret>
{
    /// <summary>RFC 7518 §3.2: an HS256 key must be at least as long as the hash output.</summary>
    public const int MinimumBytes = 32;

    public const int MaximumBytes = 4096;

    private const string TenantLabel = "rewt tenant key v1";

    private readonly byte[] _bytes;

    /// <summary>The extracted key of HKDF, which is the same for all tenants.</summary>
    private RingSecurityKey? _extracted;

    private Secret(byte[] bytes, string? keyId = null) => (_bytes, KeyId) = (bytes, keyId ?? Rewt.Internal.KeyId.Of(bytes));

    public string KeyId { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static Secret Generate()
    {
        var random = RandomNumberGenerator.GetBytes(32);
        var secret = new Secret(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(random)));
        CryptographicOperations.ZeroMemory(random);
        return secret;
    }

    /// <summary>Parses a value from Redis. <paramref name="problem"/> describes an invalid value without repeating it.</summary>
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

    /// <summary>
    /// Derives the key of a tenant with HKDF-SHA-256 (RFC 5869), whose expansion to one block is one HMAC. The length of each name is written before it, so
    /// that no two inputs are the same.
    /// </summary>
    public Secret Derive(string @namespace, string tenant, StoreTime generation)
    {
        Span<byte> info = stackalloc byte[TenantLabel.Length + (2 * Names.MaximumLength) + (3 * sizeof(ushort)) + sizeof(long) + 1];
        var end = 0;
        foreach (var part in (ReadOnlySpan<string>)[TenantLabel, @namespace, tenant])
        {
            BinaryPrimitives.WriteUInt16BigEndian(info[end..], (ushort)part.Length);
            end += sizeof(ushort);
            end += Encoding.ASCII.GetBytes(part, info[end..]);
        }

        BinaryPrimitives.WriteInt64BigEndian(info[end..], generation.Milliseconds);
        end += sizeof(long);
        info[end++] = 1;
        _extracted ??= new RingSecurityKey(new Secret(HKDF.Extract(HashAlgorithmName.SHA256, _bytes), KeyId));
        var key = new byte[HMACSHA256.HashSizeInBytes];
        _extracted.Sign(info[..end], key);
        return new Secret(key, TenantKeyId.Of(KeyId, generation));
    }

    public byte[] CopyBytes() => [.. _bytes];

    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => KeyId.GetHashCode(StringComparison.Ordinal);

    /// <summary>Returns the key id, never the secret, so that neither a log nor a message can contain it.</summary>
    public override string ToString() => $"secret of key {KeyId}";
}
