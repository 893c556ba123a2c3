namespace Rewt.Tests.Receiving;

/// <summary>Does the same on several threads at one moment.</summary>
internal static class Together
{
    /// <param name="times">On how many threads.</param>
    /// <param name="act">What each does, by its number.</param>
    public static void Do(int times, Action<int> act)
    {
        using var start = new Barrier(times);
        var met = 0;
        var threads = Enumerable.Range(0, times).Select(number => new Thread(() =>
        {
            if (start.SignalAndWait(TimeSpan.FromSeconds(30))) Interlocked.Increment(ref met);
            act(number);
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        met.ShouldBe(times, "the threads did not meet");
    }
}
