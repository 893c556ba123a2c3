namespace Rewt.Tests.Ring;

/// <summary>The way to a store that can be cut, slow, deaf or read-only, and that counts what goes through.</summary>
internal sealed class FaultyRingStore(IRingStore store) : IRingStore
{
    private volatile TaskCompletionSource? _held;
    private int _reads;
    private int _reading;
    private int _writes;
    private int _failures;
    private int _disposals;

    /// <summary>Nothing reaches the store.</summary>
    public bool IsAway { get; set; }

    /// <summary>Reading works and writing does not.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>No push arrives.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Called before a subscription takes effect.</summary>
    public Action? OnSubscribing { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public int Disposals => Volatile.Read(ref _disposals);

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Lets reads begin and not end until <see cref="Release"/>.</summary>
    public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Holds reads up and waits for those that had got through before.</summary>
    public Task HoldAllAsync()
    {
        Hold();
        return Eventually.TrueAsync(() => Volatile.Read(ref _reading) == 0, "the reads under way are over");
    }

    /// <summary>Lets the next reads fail.</summary>
    public void FailNextReads(int count) => Volatile.Write(ref _failures, count);

    /// <summary>Lets the reads that are held fail, and holds the next ones.</summary>
    public void FailHeld() =>
        Interlocked.Exchange(ref _held, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))?.TrySetException(new TimeoutException("The store is away."));

    public void Release() => Interlocked.Exchange(ref _held, null)?.TrySetResult();

    public async Task<RingReading> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        if (IsAway || Interlocked.Decrement(ref _failures) >= 0) throw new TimeoutException("The store is away.");
        Interlocked.Increment(ref _reading);
        while (_held is { } held)
        {
            Interlocked.Decrement(ref _reading);
            await held.Task.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _reading);
        }

        try
        {
            return await store.ReadAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
        }
    }

    public Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _writes);
        if (IsAway) throw new TimeoutException("The store is away.");
        if (IsReadOnly) throw new InvalidOperationException("The store is read-only.");
        return store.TryApplyAsync(basis, plan, cancellationToken);
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken)
    {
        OnSubscribing?.Invoke();
        return IsDeaf ? Task.CompletedTask : store.SubscribeAsync(onChange, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        return store.DisposeAsync();
    }
}
