namespace Rewt.Tests.Infrastructure;

/// <summary>Polls for what another thread or process does in real time.</summary>
public static class Eventually
{
    /// <summary>A safety net for what never comes, and no bound: how soon it comes is not what a test says.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= Limit)
            {
                Assert.Fail($"Not within {Limit}: {what}");
            }

            await Task.Delay(Pause, TimeProvider.System, Cancellation);
        }
    }
}
