using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// A curve that the EC keys of tokens may use: P-256 or P-384 (RFC 7518 §3.4). The class contains the names and parameters of the curve, and checks
/// whether a public key is a point on the curve.
/// </summary>
internal sealed class EllipticCurve
{
    public static readonly EllipticCurve P256 = new(
        "P-256",
        "ES256",
        ECCurve.NamedCurves.nistP256,
        32,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    public static readonly EllipticCurve P384 = new(
        "P-384",
        "ES384",
        ECCurve.NamedCurves.nistP384,
        48,
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
        "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF");

    private static readonly EllipticCurve[] All = [P256, P384];

    private readonly byte[] _encoded;
    private readonly BigInteger _prime;
    private readonly BigInteger _b;

    private EllipticCurve(string name, string algorithm, ECCurve curve, int coordinateLength, string prime, string b)
    {
        (Name, Algorithm, Curve, CoordinateLength) = (name, algorithm, curve, coordinateLength);
        (_encoded, _prime, _b) = (Encode(curve.Oid), Number(prime), Number(b));
    }

    /// <summary>The name of the curve in the member <c>crv</c> of a JWK (RFC 7518 §6.2.1.1).</summary>
    public string Name { get; }

    /// <summary>The only algorithm that a key on this curve may be used with.</summary>
    public string Algorithm { get; }

    public ECCurve Curve { get; }

    public int CoordinateLength { get; }

    public static EllipticCurve? Find(string? name) => Array.Find(All, curve => curve.Name == name);

    /// <summary>
    /// Returns the curve of an exported key; <see langword="null"/> if the curve is not permitted. Some platforms identify a curve by its object
    /// identifier, and others by its name.
    /// </summary>
    public static EllipticCurve? Find(ECCurve curve) => curve.IsNamed
        ? Array.Find(All, known => (curve.Oid.Value is { } id && id == known.Curve.Oid.Value)
            || (curve.Oid.FriendlyName is { } name && name.Equals(known.Curve.Oid.FriendlyName, StringComparison.OrdinalIgnoreCase)))
        : null;

    /// <summary>
    /// Finds the curve by the parameters of an encoded key (RFC 5480 §2.1.1); <see langword="null"/> for any other curve and for explicit curve
    /// parameters.
    /// </summary>
    public static EllipticCurve? Find(ReadOnlyMemory<byte> parameters) => Array.Find(All, curve => parameters.Span.SequenceEqual(curve._encoded));

    /// <summary>
    /// Returns whether a point is on the curve y² = x³ − 3x + b over a prime field (cofactor 1). A point that is not on the curve is dangerous: it can
    /// leak a private key or verify any signature. <c>ECParameters.Validate</c> accepts such a point. When .NET imports a key, it leaves the check of the
    /// point to the cryptographic library of the operating system. OpenSSL refuses such a point, but .NET does not guarantee the check on any platform.
    /// </summary>
    public bool Holds(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        if (x.Length != CoordinateLength || y.Length != CoordinateLength) return false;

        var (left, right) = (Number(x), Number(y));
        if (left >= _prime || right >= _prime) return false;
        return ((right * right) - (left * left * left) + (3 * left) - _b) % _prime == 0;
    }

    /// <summary>
    /// Returns the key with an uncompressed point (RFC 5480 §2.2); <see langword="null"/> if the point is encoded in another form. The method does not
    /// check whether the point is on the curve.
    /// </summary>
    public ECParameters? At(ReadOnlySpan<byte> point)
    {
        const byte Uncompressed = 4;
        if (point.Length != 1 + (2 * CoordinateLength) || point[0] != Uncompressed) return null;

        var (x, y) = (point.Slice(1, CoordinateLength).ToArray(), point[(1 + CoordinateLength)..].ToArray());
        return new ECParameters { Curve = Curve, Q = new ECPoint { X = x, Y = y } };
    }

    private static byte[] Encode(Oid name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(name.Value!);
        return writer.Encode();
    }

    private static BigInteger Number(string hexadecimal) => BigInteger.Parse("0" + hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
