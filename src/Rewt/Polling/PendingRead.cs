namespace Rewt.Internal;

/// <summary>
/// A read of the store that is due or in progress, and the queue of the requests that wait for the read. At most 4,096 requests can wait, and further
/// requests are refused. When the read ends, the waiting requests continue one after the other.
/// </summary>
internal sealed class PendingRead
{
    private const int MaximumWaiters = 4096;

    /// <summary>The limit of a read after the first. A connect (2 s) and a read (1 s) together take less time.</summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(4);

    /// <summary>The limit of the first read of a process. A connect (4 s) and a read (4 s) together take less time while a process starts.</summary>
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10);

    private readonly RequestQueue _waiting = new();
    private volatile bool _isDone;
    private int _waiters;

    /// <summary>
    /// Returns the time after which a read counts as failed. For this duration after a failed read, requests do not wait for another read, because the
    /// server may be unavailable.
    /// </summary>
    /// <param name="isFirst">Whether nothing has been read yet. The first read has a longer limit, because a process that starts on a slow processor
    /// needs more time and has no known keys.</param>
    public static TimeSpan Limit(bool isFirst) => isFirst ? FirstLimit : UsualLimit;

    /// <summary>Ends the read, and lets the waiting requests continue.</summary>
    public void Complete()
    {
        _isDone = true;
        _waiting.Continue();
    }

    /// <summary>
    /// Waits for the end of the read. The number of waiting requests is limited, because an attacker can send any number of unknown key ids.
    /// </summary>
    /// <returns>Whether the read ended within <paramref name="limit"/>.</returns>
    /// <exception cref="RewtKeysUnavailableException">4,096 requests are already waiting.</exception>
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
