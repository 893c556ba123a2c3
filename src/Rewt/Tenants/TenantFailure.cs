namespace Rewt.Internal;

/// <summary>A failed read. It is remembered for longer than the next read takes, so that requests do not queue during an outage.</summary>
/// <param name="At">When the read failed.</param>
/// <param name="Since">When the first of the consecutive failures occurred.</param>
/// <param name="Exception">The exception of the read.</param>
internal sealed record TenantFailure(ClockReading At, ClockReading Since, Exception Exception)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);

    public bool IsRecent(TimeProvider time) => At.Elapsed(time) < Memory;
}
