namespace Rewt.Tests.TestKit;

public sealed class RewtTestClockTests
{
    [Fact]
    public void The_time_of_day_changes_only_when_the_clock_is_advanced()
    {
        var clock = new RewtTestRing(DateTimeOffset.UnixEpoch).Clock;

        clock.GetUtcNow().ShouldBe(DateTimeOffset.UnixEpoch);
        clock.Advance(TimeSpan.FromDays(400));

        clock.GetUtcNow().ShouldBe(DateTimeOffset.UnixEpoch.AddDays(400));
        clock.GetTimestamp().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromDays(400).Ticks);
        Should.Throw<ArgumentOutOfRangeException>(() => clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public async Task A_timer_fires_when_real_time_passes()
    {
        var clock = new RewtTestRing().Clock;

        await Task.Delay(TimeSpan.FromMilliseconds(5), clock, Cancellation);
        await new PeriodicTimer(TimeSpan.FromMilliseconds(2), clock).WaitForNextTickAsync(Cancellation);
    }

    [Fact]
    public async Task A_timer_fires_when_the_clock_is_advanced_and_not_before()
    {
        var clock = new RewtTestRing().Clock;
        var delay = Task.Delay(TimeSpan.FromDays(40), clock, Cancellation);

        clock.Advance(TimeSpan.FromDays(39));
        delay.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromDays(1));

        await delay;
    }

    [Fact]
    public async Task A_disposed_or_stopped_timer_does_not_fire_again()
    {
        var clock = new RewtTestRing().Clock;
        var fired = 0;
        await using (clock.CreateTimer(_ => Interlocked.Increment(ref fired), null, TimeSpan.FromDays(1), TimeSpan.FromDays(1)))
        {
            await using var stopped = clock.CreateTimer(_ => Interlocked.Add(ref fired, 100), null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan);
            stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan).ShouldBeTrue();
            clock.Advance(TimeSpan.FromDays(1));
            await Eventually.TrueAsync(() => Volatile.Read(ref fired) == 1, "the timer fires");
            await stopped.DisposeAsync();
            stopped.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();
        }

        clock.Advance(TimeSpan.FromDays(9));
        // A timer that is started later fires later, so the disposed timer would have fired before it.
        await Task.Delay(TimeSpan.FromMilliseconds(1), clock, Cancellation);

        Volatile.Read(ref fired).ShouldBe(1);
    }
}
