namespace Rewt.Tests.Infrastructure;

/// <summary>Waits in real time for a condition that another thread or process fulfills.</summary>
public static class Eventually
{
    /// <summary>Fails a test whose condition is never met. It is not an asserted time limit.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static Task TrueAsync(Func<bool> condition, string description) => TrueAsync(() => Task.FromResult(condition()), description);

    public static Task TrueAsync(Func<Task<bool>> condition, string description) => TrueAsync(condition, () => description);

    /// <summary>Repeats a command until Redis answers in time, because a busy machine may need longer than a command waits.</summary>
    public static async Task<T> SucceedsAsync<T>(Func<Task<T>> command)
    {
        var result = default(T);
        await TrueAsync(
            async () => await Record.ExceptionAsync(async () => result = await command()) switch
            {
                null => true,
                RewtKeysUnavailableException => false,
                var exception => throw new InvalidOperationException("The command failed.", exception),
            },
            "the command succeeds");
        return result!;
    }

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> description, TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= (limit ?? Limit))
            {
                Assert.Fail($"Not within {limit ?? Limit}: {description()}");
            }

            await Task.Delay(Pause, TimeProvider.System, Cancellation);
        }
    }
}
