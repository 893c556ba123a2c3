using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rewt.Internal;

/// <summary>Parses a public key in the format of the <c>.pub</c> files that <c>ssh-keygen</c> writes (RFC 4253 §6.6, RFC 5656 §3.1).</summary>
internal static class SshPublicKey
{
    /// <summary>Returns whether a text begins like the line of a <c>.pub</c> file.</summary>
    public static bool IsLine(string text)
    {
        // The path of a file can begin like the type of a key. The data of every key begins with the high bytes of a length.
        var words = text.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        return words is [var type, var data, ..] && data.StartsWith("AAAA", StringComparison.Ordinal)
            && (type.StartsWith("ssh-", StringComparison.Ordinal) || type.StartsWith("ecdsa-", StringComparison.Ordinal));
    }

    public static PublicKey? TryRead(string line, string rsaAlgorithm, out string? problem)
    {
        var parts = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
        var blob = new byte[JwkReader.MaximumBytes];
        if (parts.Length < 2 || line.Length > JwkReader.MaximumBytes || !Convert.TryFromBase64String(parts[1], blob, out var length))
        {
            return PublicKey.Refuse("the line is not in the format of ssh-keygen (\"ssh-rsa AAAA…\")", out problem);
        }

        ReadOnlySpan<byte> rest = blob.AsSpan(0, length);
        problem = "the line is damaged: its content does not match its type of key";
        if (!TryTake(ref rest, out var type) || Encoding.ASCII.GetString(type) != parts[0]) return null;
        return parts[0] switch
        {
            "ssh-rsa" => TryReadRsa(rest, rsaAlgorithm, ref problem),
            "ecdsa-sha2-nistp256" => TryReadEc(rest, EllipticCurve.P256, "nistp256", ref problem),
            "ecdsa-sha2-nistp384" => TryReadEc(rest, EllipticCurve.P384, "nistp384", ref problem),
            _ => PublicKey.Refuse("the key is not of the type ssh-rsa, ecdsa-sha2-nistp256 or ecdsa-sha2-nistp384", out problem),
        };
    }

    private static PublicKey? TryReadRsa(ReadOnlySpan<byte> rest, string algorithm, ref string? problem)
    {
        if (!TryTake(ref rest, out var exponent) || !TryTake(ref rest, out var modulus) || rest.Length > 0) return null;
        return PublicKey.TryCreate(new RSAParameters { Exponent = Unsigned(exponent), Modulus = Unsigned(modulus) }, algorithm, keyId: null, out problem);
    }

    private static PublicKey? TryReadEc(ReadOnlySpan<byte> rest, EllipticCurve curve, string name, ref string? problem)
    {
        if (!TryTake(ref rest, out var curveName) || Encoding.ASCII.GetString(curveName) != name || !TryTake(ref rest, out var point) || rest.Length > 0) return null;
        return curve.At(point) is { } key ? PublicKey.TryCreate(key, keyId: null, out problem) : null;
    }

    /// <summary>Reads the next string, which consists of a length in four bytes and as many bytes as the length says.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out var length) || length > (uint)(rest.Length - sizeof(uint))) return false;
        value = rest.Slice(sizeof(uint), (int)length);
        rest = rest[(sizeof(uint) + (int)length)..];
        return true;
    }

    /// <summary>
    /// Removes the leading zero byte of a number. The format adds this byte if the first bit of the number would otherwise be its sign.
    /// </summary>
    private static byte[] Unsigned(ReadOnlySpan<byte> number) => (number is [0, >= 0x80, ..] ? number[1..] : number).ToArray();
}
