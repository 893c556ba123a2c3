using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>
/// A shared secret: a text whose UTF-8 bytes are the HS256 key that signs and verifies tokens. The text is validated when it is parsed, and is never
/// printed.
/// </summary>
internal sealed class Secret : IEquatable<Secret>
{
    /// <summary>The minimum length of a secret in bytes. An HS256 key must be at least as long as the hash (RFC 7518 §3.2).</summary>
    public const int MinimumBytes = 32;

    public const int MaximumBytes = 4096;

    private const string TenantLabel = "rewt tenant key v1";

    private readonly byte[] _bytes;

    /// <summary>The key that the extract step of HKDF returns. All tenants have the same extracted key.</summary>
    private RingSecurityKey? _extracted;

    private Secret(byte[] bytes, KeyId? keyId = null) => (_bytes, KeyId) = (bytes, keyId ?? KeyId.Of(bytes));

    public KeyId KeyId { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static Secret Generate()
    {
        var random = RandomNumberGenerator.GetBytes(32);
        var secret = new Secret(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(random)));
        CryptographicOperations.ZeroMemory(random);
        return secret;
    }

    /// <summary>
    /// Parses a value from Redis. If the value is not a valid secret, <paramref name="problem"/> contains the reason, without the value.
    /// </summary>
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
    /// Derives the key of a tenant with HKDF-SHA-256 (RFC 5869). The derived key has the length of one output block of HKDF, so the expand step
    /// computes only one HMAC. In the input of the HMAC, the length of each name precedes the name, so that different names never result in equal
    /// inputs.
    /// </summary>
    public Secret Derive(TenantId tenant, StoreTime generation)
    {
        Span<byte> info = stackalloc byte[TenantLabel.Length + (2 * Names.MaximumLength) + (3 * sizeof(ushort)) + sizeof(long) + 1];
        var end = 0;
        foreach (var part in (ReadOnlySpan<string>)[TenantLabel, tenant.Namespace, tenant.Name])
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

    public override int GetHashCode() => KeyId.GetHashCode();

    /// <summary>Returns a text with the key id, without the secret, so that no log and no message contains the secret.</summary>
    public override string ToString() => $"secret of key {KeyId}";
}
