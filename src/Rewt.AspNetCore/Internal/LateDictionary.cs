using System.Collections;

namespace Rewt.Internal;

/// <summary>A dictionary that is filled when somebody looks into it: hardly anybody does with what a ticket holds beside the user.</summary>
internal class LateDictionary<TValue> : IDictionary<string, TValue>
{
    private Dictionary<string, TValue>? _filled;

    public ICollection<string> Keys => Filled.Keys;

    public ICollection<TValue> Values => Filled.Values;

    public int Count => Filled.Count;

    public bool IsReadOnly => false;

    private Dictionary<string, TValue> Filled => Volatile.Read(ref _filled) ?? Interlocked.CompareExchange(ref _filled, NewFilled(), null) ?? _filled;

    public TValue this[string key]
    {
        get => Filled[key];
        set => Filled[key] = value;
    }

    public bool ContainsKey(string key) => Filled.ContainsKey(key);

    public bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value) => Filled.TryGetValue(key, out value);

    public void Add(string key, TValue value) => Filled.Add(key, value);

    public bool Remove(string key) => Filled.Remove(key);

    public void Clear() => Filled.Clear();

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() => Filled.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, TValue>>.Add(KeyValuePair<string, TValue> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, TValue>>.Contains(KeyValuePair<string, TValue> item) => ((ICollection<KeyValuePair<string, TValue>>)Filled).Contains(item);

    bool ICollection<KeyValuePair<string, TValue>>.Remove(KeyValuePair<string, TValue> item) => ((ICollection<KeyValuePair<string, TValue>>)Filled).Remove(item);

    void ICollection<KeyValuePair<string, TValue>>.CopyTo(KeyValuePair<string, TValue>[] array, int arrayIndex) => ((ICollection<KeyValuePair<string, TValue>>)Filled).CopyTo(array, arrayIndex);

    /// <summary>What it holds from the beginning.</summary>
    protected virtual Dictionary<string, TValue> NewFilled() => new(StringComparer.Ordinal);
}
