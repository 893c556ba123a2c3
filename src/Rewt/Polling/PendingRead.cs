namespace Rewt.Internal;

/// <summary>
/// A read of the store that is due or in progress, and the queue of the requests that wait for the read. At most 4,096 requests can wait, and further
/// requests are refused. When the read ends, the waiting requests continue one after the other.
/// </summary>
internal sealed class PendingRead
{
    private const int MaximumWaiters = 4096;

    /// <summary>
    /// The usual time limit of a read. The limit is longer than the limits of connecting (2 s) and of reading (1 s) together.
    /// </summary>
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The time limit of a first read. The limit is longer than the limits of connecting (4 s) and of reading (4 s) together, which apply while a process
    /// starts or resumes.
    /// </summary>
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10);

    private readonly RequestQueue _waiting = new();
    private volatile bool _isDone;
    private int _waiters;

    /// <summary>
    /// Returns the time after which a read counts as failed. After a failed read, requests do not wait for another read during this time, because the
    /// server may be unavailable.
    /// </summary>
    /// <param name="isFirst">Whether nothing has been read yet, or the process was paused. Such a read has a longer limit, because a process that starts or
    /// resumes on a slow processor needs more time. A failed read after a pause could leave revoked keys in use.</param>
    public static TimeSpan Limit(bool isFirst) => isFirst ? FirstLimit : UsualLimit;

    /// <summary>Ends the read, and lets the waiting requests continue.</summary>
    public void Complete()
    {
        _isDone = true;
        _waiting.Continue();
    }

    /// <summary>
    /// Waits for the end of the read. The number of waiting requests is limited, because each request with an unknown key id waits for a read, and an
    /// attacker can send any number of such requests.
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
