using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// A read of the store that is due or in progress, and the queue of requests that wait for it; a further request is refused when 4,096 wait. When the
/// read ends, the requests continue one after the other.
/// </summary>
internal sealed class PendingRead
{
    private const int MaximumWaiters = 4096;

    /// <summary>Longer than a connect (2 s) and a read (1 s) may take together.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(4);

    /// <summary>Longer than a connect (4 s) and a read (4 s) may take together while a process starts.</summary>
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private volatile bool _isDone;
    private int _waiters;

    /// <summary>
    /// The time after which a read counts as lost. A failure is remembered for the same time, so that requests do not queue behind an unavailable server.
    /// </summary>
    /// <param name="isFirst">Nothing has been read yet: a process that starts on a throttled processor needs more time, and has no known keys to continue with.</param>
    public static TimeSpan Limit(bool isFirst) => isFirst ? FirstLimit : UsualLimit;

    /// <summary>Lets the requests continue one after the other: a valid request must not queue behind thousands that waited for an unknown key.</summary>
    public void Complete()
    {
        _isDone = true;
        // Without the barrier, neither this thread nor a request that joins now might see the other.
        Interlocked.MemoryBarrier();
        ContinueNext();
    }

    /// <summary>
    /// Waits for the end of the read. Throws if too many requests wait already, so that a flood of unknown key ids holds a bounded number of
    /// requests.
    /// </summary>
    /// <returns>Whether the read ended within <paramref name="limit"/>.</returns>
    /// <exception cref="RewtKeysUnavailableException">Too many requests wait.</exception>
    public async Task<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiters) > MaximumWaiters)
            {
                throw new RewtKeysUnavailableException("Too many requests are waiting for the key ring.", TimeSpan.FromSeconds(1));
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            Interlocked.MemoryBarrier();
            if (_isDone) ContinueNext();
            await turn.Task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    /// <summary>Lets one request continue, and the next one after what is in the queue of the thread pool by then.</summary>
    private void ContinueNext()
    {
        if (!_waiting.TryDequeue(out var turn)) return;
        turn.TrySetResult();
        ThreadPool.UnsafeQueueUserWorkItem(static read => read.ContinueNext(), this, preferLocal: false);
    }
}
