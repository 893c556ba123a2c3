using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// A queue of waiting requests that continue one after the other. Each waiting request continues after the work that is already queued in the thread pool.
/// Thousands of waiting requests therefore do not delay other requests.
/// </summary>
internal sealed class RequestQueue
{
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private int _isMoving;

    /// <summary>
    /// Adds a request to the queue. The returned task completes when <see cref="Continue"/> has been called, and all earlier requests have continued.
    /// </summary>
    public Task JoinAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    /// <summary>Lets all waiting requests continue, one after the other.</summary>
    public void Continue()
    {
        // Without the barrier, neither this thread nor one that empties the queue might see the other.
        Interlocked.MemoryBarrier();
        if (!_waiting.IsEmpty && Interlocked.Exchange(ref _isMoving, 1) == 0) ContinueNext();
    }

    private void ContinueNext()
    {
        if (_waiting.TryDequeue(out var turn))
        {
            turn.TrySetResult();
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.ContinueNext(), this, preferLocal: false);
            return;
        }

        Volatile.Write(ref _isMoving, 0);
        Continue();
    }
}
