using System.Collections.Frozen;

namespace Rewt.Internal;

/// <summary>
/// The store that keeps the trusted apps of a namespace in the memory of one process, for tests and development. The store behaves like
/// <see cref="RedisAppStore"/>.
/// </summary>
internal sealed class InMemoryAppStore : IAppStore
{
    private readonly Lock _gate = new();
    private Action? _changed;
    private readonly Dictionary<string, byte[]> _apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _uses = new(StringComparer.Ordinal);
    private string _stamp = string.Empty;

    public Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (known is not null && known.Stamp == _stamp && known.Length == _apps.Count) return Task.FromResult(known);
            var apps = _apps.Select(pair => AppCodec.Read(pair.Key, pair.Value)).OfType<AppEntry>();
            return Task.FromResult(new AppReading(_stamp, _apps.Count, apps.ToFrozenDictionary(app => app.Id, StringComparer.Ordinal)));
        }
    }

    public Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult(_apps.TryGetValue(appId, out var value) ? new AppSlot(value, AppCodec.Read(appId, value)) : default);
    }

    public Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var isSame = _apps.TryGetValue(app.Id, out var there) ? there.AsSpan().SequenceEqual(former.Value) : former.Value is null;
            if (!isSame) return Task.FromResult(false);

            _apps[app.Id] = AppCodec.Write(app);
            foreach (var keyId in former.KeysRemovedBy(app)) _uses.Remove(keyId);
            _stamp = Guid.NewGuid().ToString("N");
        }

        Volatile.Read(ref _changed)?.Invoke();
        return Task.FromResult(true);
    }

    public Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var (keyId, at) in uses) _uses[keyId] = Math.Max(at, _uses.GetValueOrDefault(keyId));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(IEnumerable<string> keyIds, CancellationToken cancellationToken)
    {
        lock (_gate) return Task.FromResult<IReadOnlyDictionary<string, long>>(keyIds.Where(_uses.ContainsKey).ToDictionary(keyId => keyId, keyId => _uses[keyId], StringComparer.Ordinal));
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        lock (_gate) _changed += onChange;
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
