namespace Rewt.Tests.Faults;

/// <summary>Counts what went over the wire, retries included.</summary>
public sealed class AttemptCounter
{
    private int _refused;
    private int _sent;

    public int Refused => Volatile.Read(ref _refused);

    public int Sent => Volatile.Read(ref _sent);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountRefused() => Interlocked.Increment(ref _refused);
}
