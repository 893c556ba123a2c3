using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// A bounded cache of verified tokens by their exact text, in two generations: when the young one is full, it becomes the old one, and a hit in the
/// old one moves the token to the young one. A token is cached only when it arrives a second time, so a flood of single-use tokens costs no memory.
/// </summary>
internal sealed class VerifiedTokens
{
    /// <summary>The number of entries of one generation. With about 4.3 KB for a typical token, a scheme uses at most about 9 MB.</summary>
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

    /// <summary>Returns whether the token has arrived before. Only a few thousand hashes are kept, so older tokens are forgotten.</summary>
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

    /// <summary>One of the cache's two generations: verified tokens by their text.</summary>
    private sealed class Generation
    {
        public Generation() => ByText = Entries.GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, VerifiedToken> Entries { get; } = new(TokenTextComparer.Instance);

        public ConcurrentDictionary<string, VerifiedToken>.AlternateLookup<ReadOnlySpan<char>> ByText { get; }
    }
}
