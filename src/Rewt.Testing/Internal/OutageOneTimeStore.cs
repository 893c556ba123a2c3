namespace Rewt.Internal;

/// <summary>A wrapper of a store of used one-time tokens that fails while a test simulates an outage.</summary>
internal sealed class OutageOneTimeStore(IOneTimeStore store, Outage outage) : IOneTimeStore
{
    public Task<bool> TryUseAsync(string ring, string audience, string id, TimeSpan life, CancellationToken cancellationToken)
    {
        outage.Check();
        return store.TryUseAsync(ring, audience, id, life, cancellationToken);
    }

    public void Dispose() => store.Dispose();

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
