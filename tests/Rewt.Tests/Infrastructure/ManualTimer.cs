namespace Rewt.Tests.Infrastructure;

internal sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
{
    public TimeSpan Due { get; set; }

    public long Arming { get; set; }

    public TimeSpan Period { get; set; }

    public bool Disposed { get; set; }

    public static int ByDue(ManualTimer left, ManualTimer right) =>
        (left.Due, left.Arming).CompareTo((right.Due, right.Arming));

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period) => owner.Arm(this, dueTime, period);

    public void Dispose() => owner.Retire(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
