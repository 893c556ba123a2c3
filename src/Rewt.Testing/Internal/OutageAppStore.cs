namespace Rewt.Internal;

/// <summary>A wrapper of an app store that fails while a test simulates an outage.</summary>
internal sealed class OutageAppStore(IAppStore store, Outage outage) : IAppStore
{
    public Task<AppReading> ReadAsync(AppReading? known, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ReadAsync(known, cancellationToken);
    }

    public Task<AppSlot> FindAsync(string appId, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.FindAsync(appId, cancellationToken);
    }

    public Task<bool> TryWriteAsync(AppSlot former, AppEntry app, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.TryWriteAsync(former, app, cancellationToken);
    }

    public Task WriteUsesAsync(IReadOnlyDictionary<string, long> uses, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.WriteUsesAsync(uses, cancellationToken);
    }

    public Task<IReadOnlyDictionary<string, long>> ReadUsesAsync(CancellationToken cancellationToken)
    {
        outage.Check();
        return store.ReadUsesAsync(cancellationToken);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.SubscribeAsync(onChange, cancellationToken);
    }

    public void Dispose() => store.Dispose();

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
