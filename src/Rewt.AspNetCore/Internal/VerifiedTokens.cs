using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// The verified tokens of one scheme by their exact text, in two generations: when the young one is full it becomes the old one, and an
/// old one that is met again is young again. What is met once is not kept, so a flood of single tokens costs neither memory nor time.
/// </summary>
internal sealed class VerifiedTokens
{
    /// <summary>Entries of one generation; at 4.3 KB for a usual token, a scheme keeps at most some 9 MB.</summary>
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

    /// <summary>Whether the same text was here before, as far as a few thousand hashes can remember.</summary>
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
        // Only this very entry: a token that was verified again meanwhile stays.
        var entry = KeyValuePair.Create(token.Text, token);
        lock (_adding)
        {
            _young.Entries.TryRemove(entry);
            _old.Entries.TryRemove(entry);
        }
    }

    private sealed class Generation
    {
        public Generation() => ByText = Entries.GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, VerifiedToken> Entries { get; } = new(TokenTextComparer.Instance);

        public ConcurrentDictionary<string, VerifiedToken>.AlternateLookup<ReadOnlySpan<char>> ByText { get; }
    }
}
