namespace Rewt.Internal;

/// <summary>A bounded cache: the least recently used entry leaves first.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _nodes = new(EqualityComparer<TKey>.Default);
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _recent = [];

    /// <summary>The value of a key, made if there is none; while it is made nobody else gets at the cache.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node)) return Use(node);

            var value = make(key);
            Add(key, value);
            return value;
        }
    }

    public bool TryGet(TKey key, out TValue value)
    {
        lock (_gate)
        {
            var found = _nodes.TryGetValue(key, out var node);
            value = found ? Use(node!) : default!;
            return found;
        }
    }

    /// <summary>Looks without counting as a use.</summary>
    public bool TryPeek(TKey key, out TValue value)
    {
        lock (_gate)
        {
            var found = _nodes.TryGetValue(key, out var node);
            value = found ? node!.Value.Value : default!;
            return found;
        }
    }

    /// <summary>All values as they are now, without counting as a use.</summary>
    public IReadOnlyList<TValue> Values()
    {
        lock (_gate) return [.. _recent.Select(node => node.Value)];
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_nodes.Remove(key, out var old)) _recent.Remove(old);
            Add(key, value);
        }
    }

    private TValue Use(LinkedListNode<KeyValuePair<TKey, TValue>> node)
    {
        if (node != _recent.First)
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
        }

        return node.Value.Value;
    }

    private void Add(TKey key, TValue value)
    {
        if (_nodes.Count == capacity)
        {
            _nodes.Remove(_recent.Last!.Value.Key);
            _recent.RemoveLast();
        }

        _nodes.Add(key, _recent.AddFirst(KeyValuePair.Create(key, value)));
    }
}
