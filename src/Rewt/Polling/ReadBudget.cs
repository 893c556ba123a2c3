namespace Rewt.Internal;

/// <summary>
/// Limits the reads of a store to two per second, regardless of the number of unknown key ids and push messages that request a read.
/// </summary>
internal sealed class ReadBudget(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long? _last;
    private long? _lastButOne;

    /// <summary>Returns the time that the next read must wait; zero if the read may start now.</summary>
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
