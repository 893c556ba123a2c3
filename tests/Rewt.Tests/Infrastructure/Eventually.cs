namespace Rewt.Tests.Infrastructure;

/// <summary>Polls for what another thread or process does in real time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static Task TrueAsync(Func<bool> condition, TimeSpan limit, string what) =>
        TrueAsync(() => Task.FromResult(condition()), limit, what);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) >= limit)
            {
                Assert.Fail($"Not within {limit}: {what}");
            }

            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
