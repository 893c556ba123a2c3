using System.Collections.Concurrent;

namespace Rewt.Internal;

/// <summary>
/// Requests that wait, and that continue one after the other: each after the work that the thread pool has by then, so that a valid request does not
/// wait behind thousands of them.
/// </summary>
internal sealed class RequestQueue
{
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private int _isMoving;

    /// <summary>Adds a request. The task ends when it is the request's turn after a call of <see cref="Continue"/>.</summary>
    public Task JoinAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    /// <summary>Lets all waiting requests continue.</summary>
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
