namespace Rewt.Internal;

/// <summary>
/// A small cache of parsed token headers. All tokens of one key and type have the same header. The number of entries is fixed. An attacker who fills
/// the cache only causes headers to be parsed again.
/// </summary>
internal sealed class TokenHeaderCache
{
    private const int Places = 64;
    private const int LongestText = 256;

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <inheritdoc cref="TokenHeader.TryRead"/>
    public TokenHeader? TryRead(string token)
    {
        var end = token.IndexOf('.', StringComparison.Ordinal);
        if (end is < 32 or > LongestText || token.Length > TokenLimits.TokenLength) return TokenHeader.TryRead(token);

        var text = token.AsSpan(0, end);
        // The key id is in the middle of the header and distinguishes the services of a fleet.
        ref var place = ref _entries[(uint)string.GetHashCode(text[(end / 2 - 8)..(end / 2 + 8)], StringComparison.Ordinal) % Places];
        if (Volatile.Read(ref place) is { } known && text.SequenceEqual(known.Text)) return known.Header;
        if (TokenHeader.TryRead(token) is not { } header) return null;

        Volatile.Write(ref place, new Entry(text.ToString(), header));
        return header;
    }

    /// <summary>A cached header, and the encoded text from which it was parsed.</summary>
    private sealed record Entry(string Text, TokenHeader Header);
}
