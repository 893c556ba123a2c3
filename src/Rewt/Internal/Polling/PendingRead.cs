namespace Rewt.Internal;

/// <summary>A read that has not begun or not ended yet, and those who wait for it.</summary>
internal sealed class PendingRead
{
    private const int MaximumWaiters = 4096;

    /// <summary>Longer than a connect (2 s) and a read (1 s) may take together.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(4);

    /// <summary>Longer than a connect (4 s) and a read (4 s) may take together while a process starts.</summary>
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiters;

    /// <summary>
    /// The time after which a read counts as lost. A failed read is remembered as long, so that requests do not queue behind a server that is away.
    /// </summary>
    /// <param name="isFirst">Nothing has been read yet: a process that starts on a throttled processor needs more time, and no keys are known that it could go on with.</param>
    public static TimeSpan Limit(bool isFirst) => isFirst ? FirstLimit : UsualLimit;

    public void Complete() => _done.TrySetResult();

    /// <summary>Waits with the others; refuses when too many wait already, so that a flood of unknown key ids holds a bounded number of requests.</summary>
    public Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiters) > MaximumWaiters)
        {
            throw new RewtKeysUnavailableException("Too many requests are waiting for the key ring.", TimeSpan.FromSeconds(1));
        }

        return _done.Task.WaitAsync(limit, time, cancellationToken);
    }
}
