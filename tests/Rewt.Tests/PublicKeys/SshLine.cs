using System.Buffers.Binary;

namespace Rewt.Tests.PublicKeys;

/// <summary>Creates the line of a <c>.pub</c> file without ssh-keygen.</summary>
internal static class SshLine
{
    public static string Of(RSA key)
    {
        var numbers = key.ExportParameters(includePrivateParameters: false);
        return Write("ssh-rsa", Number(numbers.Exponent!), Number(numbers.Modulus!));
    }

    public static string Of(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var curve = $"nistp{key.KeySize}";
        return Write($"ecdsa-sha2-{curve}", Encoding.ASCII.GetBytes(curve), [4, .. point.X!, .. point.Y!]);
    }

    public static string Write(string type, params byte[][] parts) =>
        $"{type} {Convert.ToBase64String(Blob([Encoding.ASCII.GetBytes(type), .. parts]))} user@host";

    public static byte[] Blob(IEnumerable<byte[]> parts) => [.. parts.SelectMany(part =>
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        return length.Concat(part);
    })];

    public static byte[] Number(byte[] unsigned) => unsigned[0] >= 0x80 ? [0, .. unsigned] : unsigned;
}
