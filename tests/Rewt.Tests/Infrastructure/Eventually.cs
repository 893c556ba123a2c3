namespace Rewt.Tests.Infrastructure;

/// <summary>Polls for a condition that another thread or process fulfils in real time.</summary>
public static class Eventually
{
    /// <summary>Ends a test whose condition never holds. It is no bound that a test asserts.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= Limit)
            {
                Assert.Fail($"Not within {Limit}: {what()}");
            }

            await Task.Delay(Pause, TimeProvider.System, Cancellation);
        }
    }
}
