namespace Rewt.Internal;

/// <summary>
/// A time limit of our own on every call: the client library may wait for an answer for ever. An abandoned call's write may still
/// happen, which is why plans are idempotent.
/// </summary>
internal static class TimeLimit
{
    /// <summary>For one command or transaction.</summary>
    public static TimeSpan Command { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>For opening a connection.</summary>
    public static TimeSpan Connect { get; private set; } = TimeSpan.FromSeconds(2);

    /// <summary>For a process of one person at a terminal: behind them nobody queues, and they would rather wait than type it again.</summary>
    public static void BePatient() => (Command, Connect) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));

    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static async Task<T> WithinAsync<T>(this Task<T> task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        await ((Task)task).WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static async Task WithinAsync(this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            task.Abandon();
            throw new TimeoutException($"Redis did not answer within {limit.TotalSeconds} s.", exception);
        }
        catch (OperationCanceledException)
        {
            task.Abandon();
            throw;
        }
    }

    /// <summary>Nobody waits for this task any more; its failure is not news to anybody.</summary>
    public static void Abandon(this Task task) => _ = task.ContinueWith(
        static abandoned => abandoned.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
