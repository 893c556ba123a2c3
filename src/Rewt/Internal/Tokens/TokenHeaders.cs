namespace Rewt.Internal;

/// <summary>
/// Headers as they were read last: all tokens of one key begin with the same characters. A place for each of a few hashes; whoever fills them with junk
/// makes others read their header again and nothing else.
/// </summary>
internal sealed class TokenHeaders
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
        // The key id stands in the middle, and tells the headers of a fleet apart.
        ref var place = ref _entries[(uint)string.GetHashCode(text[(end / 2 - 8)..(end / 2 + 8)], StringComparison.Ordinal) % Places];
        if (Volatile.Read(ref place) is { } known && text.SequenceEqual(known.Text)) return known.Header;
        if (TokenHeader.TryRead(token) is not { } header) return null;

        Volatile.Write(ref place, new Entry(text.ToString(), header));
        return header;
    }

    private sealed record Entry(string Text, TokenHeader Header);
}
