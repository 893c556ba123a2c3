namespace Rewt.Internal;

/// <summary>
/// Tells how long the next read of the store must wait, so that there are at most two reads in any second, however many unknown key ids and messages
/// ask for one.
/// </summary>
internal sealed class ReadBudget(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _last;
    private long? _lastButOne;

    /// <summary>How long the next read must wait; zero when it may start.</summary>
    public TimeSpan UntilFree()
    {
        lock (_gate)
        {
            if (_lastButOne is not { } start) return TimeSpan.Zero;
            var passed = time.GetElapsedTime(start);
            return passed >= Window ? TimeSpan.Zero : Window - passed;
        }
    }

    public void Spend()
    {
        // The loop asks while an operator's command may be spending.
        lock (_gate) (_lastButOne, _last) = (_last, time.GetTimestamp());
    }
}
