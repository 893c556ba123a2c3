namespace Rewt.Internal;

/// <summary>
/// Limits how long a caller waits for a Redis command, because the client library may wait indefinitely for an answer. The command may still be
/// executed after the limit has passed. All changes are therefore idempotent.
/// </summary>
internal static class TimeLimit
{
    /// <summary>
    /// The usual limits for opening a connection, and for one command or transaction. The usual limits apply while HTTP requests may be waiting for
    /// the answer.
    /// </summary>
    public static (TimeSpan Connect, TimeSpan Command) Usual { get; private set; } = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    /// <summary>
    /// The limits while a process starts. The limits of the start are longer, because a starting process compiles its code, may have little CPU time,
    /// and has no keys yet.
    /// </summary>
    public static (TimeSpan Connect, TimeSpan Command) AtStart { get; private set; } = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));

    /// <summary>
    /// The limit for one command of an operator, such as a change of an app. The limit is longer than <see cref="Usual"/>, because no verification of a
    /// token waits for such a command.
    /// </summary>
    public static TimeSpan Operator { get; private set; } = TimeSpan.FromSeconds(4);

    /// <summary>The limit for the query of one server after a failure, in order to explain the failure.</summary>
    public static TimeSpan Explanation { get; private set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Sets longer limits for the command-line tool, because no requests are waiting.</summary>
    public static void BePatient()
    {
        Usual = AtStart = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        Operator = Explanation = TimeSpan.FromSeconds(5);
    }

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
            await task.WaitInStepsAsync(limit, time, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Waits for one command or transaction of a connection.</summary>
    /// <exception cref="TimeoutException">The limit of the connection has passed.</exception>
    public static Task<T> WithinAsync<T>(this Task<T> task, RedisConnection connection, CancellationToken cancellationToken) =>
        task.WithinAsync(connection.CommandLimit, connection.Time, cancellationToken);

    /// <summary>Waits for one command or transaction of a connection.</summary>
    /// <exception cref="TimeoutException">The limit of the connection has passed.</exception>
    public static Task WithinAsync(this Task task, RedisConnection connection, CancellationToken cancellationToken) =>
        task.WithinAsync(connection.CommandLimit, connection.Time, cancellationToken);

    /// <summary>Waits until each command of a connection has an answer, which can be an error.</summary>
    /// <exception cref="TimeoutException">The limit of the connection has passed.</exception>
    public static Task UntilAnsweredAsync(this IReadOnlyCollection<Task> commands, RedisConnection connection, CancellationToken cancellationToken) =>
        commands.UntilAnsweredAsync(connection.CommandLimit, connection.Time, cancellationToken);

    /// <summary>
    /// Waits until each command has an answer. An answer can be an error, which the caller gets when it awaits the command.
    /// </summary>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static async Task UntilAnsweredAsync(this IReadOnlyCollection<Task> commands, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var command in commands) command.Abandon();
        var answers = Task.WhenAll(commands);
        try
        {
            await answers.WithinAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (answers.IsCompleted)
        {
            // The caller handles the error of each command.
        }
    }

    /// <summary>
    /// Waits in two steps. When the process continues after a pause, the limit has passed although the answer may have arrived. A pause ends only one step,
    /// so the answer can still be read in the other.
    /// </summary>
    private static async Task WaitInStepsAsync(this Task task, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(limit / 2, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A command that has meanwhile completed, also with an error, ends this step at once.
            await task.WaitAsync(limit / 2, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a task continue in the background, and ignores its failure.</summary>
    public static void Abandon(this Task task) => _ = task.ContinueWith(
        static abandoned => abandoned.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
