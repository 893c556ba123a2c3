namespace Rewt.Tests.Ring;

/// <summary>The way to a store that can be cut, slow, deaf or read-only.</summary>
internal sealed class FaultyRingStore(IRingStore store) : IRingStore
{
    private TaskCompletionSource _gate = Opened();
    private int _reads;

    /// <summary>Nothing reaches the store.</summary>
    public bool IsAway { get; set; }

    /// <summary>Reading works and writing does not.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>No push arrives.</summary>
    public bool IsDeaf { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Lets reads begin and not end until <see cref="Release"/>.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate.TrySetResult();

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (IsAway) throw new TimeoutException("The store is away.");
        await _gate.Task.WaitAsync(cancellationToken);
        return await store.ReadAsync(cancellationToken);
    }

    public Task<bool> TryApplyAsync(RingReading basis, RingPlan plan, CancellationToken cancellationToken)
    {
        if (IsAway) throw new TimeoutException("The store is away.");
        if (IsReadOnly) throw new InvalidOperationException("The store is read-only.");
        return store.TryApplyAsync(basis, plan, cancellationToken);
    }

    public Task SubscribeAsync(Action look, CancellationToken cancellationToken) =>
        IsDeaf ? Task.CompletedTask : store.SubscribeAsync(look, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static TaskCompletionSource Opened()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
