namespace Rewt.Tests.Sending;

/// <summary>Holds up the reads of a service while it is closed, so that the service learns nothing new.</summary>
public sealed class ReadGate
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private TaskCompletionSource? _closed;

    public async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? closed;
            Task<T>? reading = null;
            lock (_gate)
            {
                closed = _closed?.Task;
                if (closed is null) _running.Add(reading = read(cancellationToken));
            }

            if (reading is null)
            {
                await closed!.WaitAsync(cancellationToken);
                continue;
            }

            try
            {
                return await reading;
            }
            finally
            {
                lock (_gate) _running.Remove(reading);
            }
        }
    }

    /// <summary>Closes the gate and waits for the reads that are under way.</summary>
    public async Task CloseAsync()
    {
        Task[] running;
        lock (_gate)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Open()
    {
        TaskCompletionSource? closed;
        lock (_gate) (closed, _closed) = (_closed, null);
        closed?.TrySetResult();
    }
}
