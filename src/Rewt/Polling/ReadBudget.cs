namespace Rewt.Internal;

/// <summary>
/// Limits the reads of a store to two in any second, however many unknown key ids and push messages ask for one. It tells how long the next read must
/// wait.
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
