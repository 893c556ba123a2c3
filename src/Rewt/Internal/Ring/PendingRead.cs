namespace Rewt.Internal;

/// <summary>A read that has not begun or not ended yet, and those who wait for it.</summary>
internal sealed class PendingRead
{
    private const int MaximumWaiters = 4096;

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiters;

    public void Complete() => _done.TrySetResult();

    /// <summary>Waits with the others; refuses when too many wait already, so that a flood of unknown key ids holds a bounded number of requests.</summary>
    public Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiters) > MaximumWaiters)
        {
            throw new RewtKeysUnavailableException("Too many requests wait for the key ring.", TimeSpan.FromSeconds(1));
        }

        return _done.Task.WaitAsync(limit, time, cancellationToken);
    }
}
