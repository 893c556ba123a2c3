namespace Rewt.Tests.Ring;

/// <summary>Wraps a store with simulated faults and counts the calls.</summary>
internal sealed class FaultyRingStore(IRingStore store) : IRingStore
{
    private volatile TaskCompletionSource? _blocked;
    private int _reads;
    private int _activeReads;
    private int _writes;
    private int _failuresLeft;
    private int _disposals;

    /// <summary>Gets or sets whether all calls fail.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Gets or sets the explanation of failed reads; null for none.</summary>
    public string? Explanation { get; set; }

    /// <summary>Gets the doctor of the store; null for none.</summary>
    public IStoreDoctor? Doctor { get; init; }

    public ITenantStore? Tenants => store.Tenants;

    /// <summary>Gets or sets whether writes fail and reads succeed.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Gets or sets whether subscriptions receive no push.</summary>
    public bool DropsPushes { get; set; }

    /// <summary>Gets or sets a function that changes the result of a read.</summary>
    public Func<RingReading, RingReading>? OnRead { get; set; }

    /// <summary>Gets or sets a callback that runs before a write is executed.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>Gets or sets a callback that runs after a write was executed and before it is answered.</summary>
    public Action? OnWritten { get; set; }

    /// <summary>Gets or sets a callback that runs before a subscription takes effect.</summary>
    public Action? OnSubscribing { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Gets the number of pauses of the process of which the store was notified.</summary>
    public int Resumptions { get; private set; }

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Blocks reads after they have begun until <see cref="Release"/> is called.</summary>
    public void Hold() => _blocked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Blocks reads and waits for those that are already in progress in the inner store.</summary>
    public Task HoldAllAsync()
    {
        Hold();
        return Eventually.TrueAsync(() => Volatile.Read(ref _activeReads) == 0, "the reads in progress have ended");
    }

    /// <summary>Makes the given number of following reads fail.</summary>
    public void FailNextReads(int count) => Volatile.Write(ref _failuresLeft, count);

    /// <summary>Fails the blocked reads and blocks the following ones.</summary>
    public void FailBlockedReads() =>
        Interlocked.Exchange(ref _blocked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))?.TrySetException(new TimeoutException("The store is unavailable."));

    public void Release() => Interlocked.Exchange(ref _blocked, null)?.TrySetResult();

    public void OnResumed() => Resumptions++;

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (IsUnavailable || Interlocked.Decrement(ref _failuresLeft) >= 0)
        {
            var failure = new TimeoutException("The store is unavailable.");
            StoreFailure.Explain(failure, Explanation is { } text ? new OutageReason(text) : null);
            throw failure;
        }

        Interlocked.Increment(ref _activeReads);
        while (_blocked is { } blocked)
        {
            Interlocked.Decrement(ref _activeReads);
            await blocked.Task.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _activeReads);
        }

        try
        {
            var reading = await store.ReadAsync(cancellationToken);
            return OnRead?.Invoke(reading) ?? reading;
        }
        finally
        {
            Interlocked.Decrement(ref _activeReads);
        }
    }

    public async Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _writes);
        if (IsUnavailable) throw new TimeoutException("The store is unavailable.");
        if (IsReadOnly) throw new InvalidOperationException("The store is read-only.");
        BeforeWrite?.Invoke();
        var applied = await store.TryApplyAsync(basis, plan, cancellationToken);
        if (applied) OnWritten?.Invoke();
        return applied;
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        OnSubscribing?.Invoke();
        return DropsPushes ? Task.CompletedTask : store.SubscribeAsync(onChange, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        return store.DisposeAsync();
    }
}
