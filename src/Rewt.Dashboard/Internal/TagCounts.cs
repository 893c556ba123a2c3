using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Rewt.Internal;

/// <summary>
/// Adds up the measurements of one metric separately for each value of a tag, for example the verified tokens by result. A tag has few values,
/// because the library defines them.
/// </summary>
internal sealed class TagCounts(string tag)
{
    private readonly ConcurrentDictionary<string, StrongBox<long>> _sums = new(StringComparer.Ordinal);

    public void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, text) in tags)
        {
            if (name != tag) continue;
            Interlocked.Add(ref _sums.GetOrAdd(text as string ?? "unknown", static _ => new StrongBox<long>()).Value, value);
            return;
        }
    }

    public IReadOnlyDictionary<string, long> View() => _sums.ToDictionary(pair => pair.Key, pair => Interlocked.Read(ref pair.Value.Value), StringComparer.Ordinal);
}
