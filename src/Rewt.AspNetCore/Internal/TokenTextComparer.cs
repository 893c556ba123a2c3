using System.Runtime.InteropServices;

namespace Rewt.Internal;

/// <summary>
/// Compares the texts of tokens in the cache of verified tokens. For speed, the hash code is computed from the end of the signature only. An attacker
/// without a key cannot add entries with the same hash code, because only tokens with a valid signature are cached.
/// </summary>
internal sealed class TokenTextComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    public static readonly TokenTextComparer Instance = new();

    private const int Hashed = 8;

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<char> alternate, string other) => alternate.SequenceEqual(other);

    public int GetHashCode(string obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        // The last Base64 character of a signature carries only a few bits.
        var end = alternate[..Math.Max(0, alternate.Length - 1)];
        return end.Length < Hashed ? string.GetHashCode(end, StringComparison.Ordinal) : MemoryMarshal.Read<Int128>(MemoryMarshal.AsBytes(end[^Hashed..])).GetHashCode();
    }

    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();
}
