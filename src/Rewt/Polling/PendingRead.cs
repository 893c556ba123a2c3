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

    private readonly RequestQueue _waiting = new();
    private volatile bool _isDone;
    private int _waiters;

    /// <summary>
    /// The time after which a read counts as lost. A failure is remembered for the same time, so that requests do not queue behind an unavailable server.
    /// </summary>
    /// <param name="isFirst">Nothing has been read yet: a process that starts on a throttled processor needs more time, and has no known keys to continue with.</param>
    public static TimeSpan Limit(bool isFirst) => isFirst ? FirstLimit : UsualLimit;

    /// <summary>Lets the requests continue.</summary>
    public void Complete()
    {
        _isDone = true;
        _waiting.Continue();
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

            var turn = _waiting.JoinAsync();
            // Without the barrier, neither this thread nor the one that completes the read might see the other.
            Interlocked.MemoryBarrier();
            if (_isDone) _waiting.Continue();
            await turn.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
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
}
