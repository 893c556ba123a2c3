using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Generates the ids of tokens (<c>jti</c>, RFC 7519 §4.1.7), which are 128 random bits in base64url. The random bytes for many ids are generated in
/// one block, because the generation of each block needs a system call.
/// </summary>
internal static class TokenIds
{
    public const int Length = 22;

    private const int Bytes = 16;
    private const int Drawn = 64 * Bytes;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    public static void Next(Span<byte> text)
    {
        if (_random is null || _used == Drawn)
        {
            _random ??= new byte[Drawn];
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        Base64Url.EncodeToUtf8(_random.AsSpan(_used, Bytes), text);
        _used += Bytes;
    }
}
