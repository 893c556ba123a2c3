namespace Rewt.Internal;

/// <summary>
/// A time limit of our own on every call: the client library may wait for an answer for ever. An abandoned call's write may still
/// happen, which is why plans are idempotent.
/// </summary>
internal static class TimeLimit
{
    /// <summary>For opening a connection and for one command or transaction: requests may wait for the answer.</summary>
    public static (TimeSpan Connect, TimeSpan Command) Usual { get; private set; } = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    /// <summary>While a process starts: its code is being compiled, perhaps on a fraction of a processor, and it has no keys to go on with.</summary>
    public static (TimeSpan Connect, TimeSpan Command) AtStart { get; private set; } = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));

    /// <summary>For the process of an operator at a terminal: no requests wait behind the command.</summary>
    public static void BePatient() => Usual = AtStart = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

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
