using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// A bounded cache of verified tokens, in which a token is found by its exact text. The cache has a young and an old generation of entries. When the
/// young generation is full, it replaces the old generation. A token that is found in the old generation moves to the young generation. A token is
/// cached only when it arrives for the second time, so a token that is used once does not occupy an entry.
/// </summary>
internal sealed class VerifiedTokens
{
    /// <summary>
    /// The maximum number of entries in one generation. A typical entry needs about 4.3 KB, so the cache of a scheme needs at most about 9 MB.
    /// </summary>
    public const int GenerationSize = 1024;

    private const int Sightings = 4096;

    private readonly int[] _sighted = new int[Sightings];
    private readonly Lock _adding = new();
    private volatile Generation _young = new();
    private volatile Generation _old = new();

    public VerifiedToken? Find(ReadOnlySpan<char> text)
    {
        if (_young.ByText.TryGetValue(text, out var known)) return known;
        if (!_old.ByText.TryGetValue(text, out known)) return null;
        Add(known);
        return known;
    }

    /// <summary>
    /// Returns whether the token has arrived before. The cache remembers only the hashes of the last few thousand tokens, so the result can be
    /// <see langword="false"/> for an older token.
    /// </summary>
    public bool HasSeen(string text)
    {
        var hash = TokenTextComparer.Instance.GetHashCode(text);
        return Interlocked.Exchange(ref _sighted[(uint)hash % Sightings], hash) == hash;
    }

    public void Add(VerifiedToken token)
    {
        lock (_adding)
        {
            if (_young.Entries.Count >= GenerationSize) (_old, _young) = (_young, new Generation());
            _young.Entries[token.Text] = token;
        }
    }

    public void Remove(VerifiedToken token)
    {
        // Removes only this instance; a token that was verified again in the meantime stays.
        var entry = KeyValuePair.Create(token.Text, token);
        lock (_adding)
        {
            _young.Entries.TryRemove(entry);
            _old.Entries.TryRemove(entry);
        }
    }

    /// <summary>One of the two generations of the cache, which maps the exact text of a token to the verified token.</summary>
    private sealed class Generation
    {
        public Generation() => ByText = Entries.GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, VerifiedToken> Entries { get; } = new(TokenTextComparer.Instance);

        public ConcurrentDictionary<string, VerifiedToken>.AlternateLookup<ReadOnlySpan<char>> ByText { get; }
    }
}
