using System.Numerics;

namespace Rewt.Internal;

/// <summary>
/// Checks whether the modulus and the exponent of a public RSA key have a permitted length and form (RFC 7518 §3.3, NIST SP 800-56B).
/// </summary>
internal static class RsaNumbers
{
    public const int MinimumBits = 2048;

    public const int MaximumBits = 4096;

    private const int MinimumExponent = 65537;

    private const int MaximumExponentBytes = 4;

    /// <summary>
    /// Returns the error in the numbers; <see langword="null"/> if they are valid. The numbers are big-endian bytes without leading zeros.
    /// </summary>
    public static string? Problem(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        if (modulus is [] or [0, ..] || exponent is [] or [0, ..]) return "the RSA modulus or exponent is empty or has leading zeros";

        // The length is checked before any arithmetic, so that very large numbers cost nothing.
        var bits = (modulus.Length * 8) - (7 - BitOperations.Log2(modulus[0]));
        if (bits is < MinimumBits or > MaximumBits) return $"the RSA key has {bits} bits; {MinimumBits} to {MaximumBits} are allowed";
        if ((modulus[^1] & 1) == 0) return "the RSA modulus is even";
        if (exponent.Length > MaximumExponentBytes || (exponent[^1] & 1) == 0 || new BigInteger(exponent, isUnsigned: true, isBigEndian: true) < MinimumExponent)
        {
            return $"the RSA exponent must be odd, at least {MinimumExponent} and at most {MaximumExponentBytes * 8} bits long";
        }

        return null;
    }
}
