namespace Rewt.Internal;

/// <summary>
/// The store that keeps used one-time tokens in the memory of one process, for tests and development. The store behaves like the store in Redis.
/// </summary>
internal sealed class InMemoryOneTimeStore(TimeProvider time) : IOneTimeStore
{
    private const int FirstCleaning = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Audience, string Id), DateTimeOffset> _used = [];
    private int _cleanAt = FirstCleaning;

    public Task<bool> TryUseAsync(string @namespace, string audience, string id, TimeSpan life, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_used.TryGetValue((@namespace, audience, id), out var until) && now < until) return Task.FromResult(false);

            _used[(@namespace, audience, id)] = now + life;
            if (_used.Count >= _cleanAt)
            {
                foreach (var old in _used.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList()) _used.Remove(old);
                _cleanAt = Math.Max(FirstCleaning, _used.Count * 2);
            }

            return Task.FromResult(true);
        }
    }

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
