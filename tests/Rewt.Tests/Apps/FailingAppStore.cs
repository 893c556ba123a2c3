namespace Rewt.Tests.Apps;

/// <summary>Represents a store of trusted apps that counts its reads and can be made unavailable.</summary>
internal sealed class FailingAppStore(InMemoryAppStore store) : IAppStore
{
    private int _reads;

    public bool IsUnavailable { get; set; }

    public bool IsPushDisabled { get; set; }

    /// <summary>Gets or sets a callback that runs after a write was executed and before it is answered.</summary>
    public Action? OnWritten { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return IsUnavailable ? Task.FromException<AppReading>(new TimeoutException("The store is unavailable.")) : store.ReadAsync(known, cancellationToken);
    }

    public Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken) => store.FindAsync(appId, cancellationToken);

    public async Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken)
    {
        var written = await store.TryWriteAsync(former, app, cancellationToken);
        if (written) OnWritten?.Invoke();
        return written;
    }

    public Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken) =>
        IsUnavailable ? Task.FromException(new TimeoutException("The store is unavailable.")) : store.WriteUsesAsync(uses, cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(IEnumerable<string> keyIds, CancellationToken cancellationToken) => store.ReadUsesAsync(keyIds, cancellationToken);

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => IsPushDisabled ? Task.CompletedTask : store.SubscribeAsync(onChange, cancellationToken);

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
