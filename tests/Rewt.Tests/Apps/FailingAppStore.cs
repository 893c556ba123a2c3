namespace Rewt.Tests.Apps;

/// <summary>A store that counts its reads and fails when told to.</summary>
internal sealed class FailingAppStore(InMemoryAppStore store) : IAppStore
{
    private int _reads;

    public bool IsAway { get; set; }

    public bool HasNoPush { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return IsAway ? Task.FromException<AppReading>(new TimeoutException("away")) : store.ReadAsync(known, cancellationToken);
    }

    public Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken) => store.FindAsync(appId, cancellationToken);

    public Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken) => store.TryWriteAsync(former, app, cancellationToken);

    public Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken) =>
        IsAway ? Task.FromException(new TimeoutException("away")) : store.WriteUsesAsync(uses, cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(CancellationToken cancellationToken) => store.ReadUsesAsync(cancellationToken);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => HasNoPush ? Task.CompletedTask : store.SubscribeAsync(onChange, cancellationToken);

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
