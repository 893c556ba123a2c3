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
            if (_nodes.TryGetValue(key, out var node))
            {
                if (node != _recent.First)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                }

                return node.Value.Value;
            }

            if (_nodes.Count == capacity)
            {
                _nodes.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }

            var value = make(key);
            _nodes.Add(key, _recent.AddFirst(KeyValuePair.Create(key, value)));
            return value;
        }
    }
}
