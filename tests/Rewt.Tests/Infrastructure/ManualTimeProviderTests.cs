namespace Rewt.Tests.Infrastructure;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Nothing_moves_until_it_is_advanced()
    {
        var now = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();

        _time.GetUtcNow().ShouldBe(now);
        _time.Advance(Second);

        _time.GetUtcNow().ShouldBe(now + Second);
        _time.GetElapsedTime(timestamp).ShouldBe(Second);
    }

    [Fact]
    public void Adjusting_the_wall_clock_moves_neither_timestamps_nor_timers()
    {
        var now = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();
        using var timer = Record("timer", Second);

        _time.AdjustWallClock(-TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.Zero);

        _time.GetUtcNow().ShouldBe(now - TimeSpan.FromHours(1));
        _time.GetElapsedTime(timestamp).ShouldBe(TimeSpan.Zero);
        _fired.ShouldBeEmpty();
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_and_then_armed()
    {
        using var late = Record("late", 3 * Second);
        using var first = Record("first", Second);
        using var second = Record("second", Second);
        using var tooLate = Record("too late", 5 * Second);

        _time.Advance(4 * Second);

        _fired.ShouldBe(["first", "second", "late"]);
    }

    [Fact]
    public void A_callback_sees_the_time_at_which_it_was_due()
    {
        var start = _time.GetUtcNow();
        var seen = DateTimeOffset.MinValue;
        using var timer = _time.CreateTimer(_ => seen = _time.GetUtcNow(), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(10 * Second);

        seen.ShouldBe(start + Second);
        _time.GetUtcNow().ShouldBe(start + (10 * Second));
    }

    [Fact]
    public void A_timer_re_armed_in_its_callback_fires_again()
    {
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                _fired.Add("again");
                timer!.Change(2 * Second, Timeout.InfiniteTimeSpan);
            },
            null,
            Second,
            Timeout.InfiniteTimeSpan);
        using var owned = timer;

        _time.Advance(6 * Second);

        _fired.Count.ShouldBe(3);
    }

    [Fact]
    public void A_periodic_timer_fires_once_for_each_period_that_passed()
    {
        using var timer = _time.CreateTimer(_ => _fired.Add("tick"), null, Second, 2 * Second);

        _time.Advance(5 * Second);

        _fired.Count.ShouldBe(3);
        _time.ArmedTimers.ShouldBe(1);
    }

    [Fact]
    public void A_disposed_timer_neither_fires_nor_can_be_armed()
    {
        var timer = Record("timer", Second);
        timer.Dispose();

        timer.Change(Second, Second).ShouldBeFalse();
        _time.Advance(10 * Second);

        _fired.ShouldBeEmpty();
        _time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public void A_stopped_timer_can_be_armed_again()
    {
        using var timer = Record("timer", Second);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan).ShouldBeTrue();
        _time.Advance(2 * Second);
        _fired.ShouldBeEmpty();

        timer.Change(Second, Timeout.InfiniteTimeSpan).ShouldBeTrue();
        _time.Advance(Second);

        _fired.ShouldBe(["timer"]);
    }

    [Fact]
    public async Task A_delay_ends_when_its_time_has_come()
    {
        var delay = Task.Delay(Second, _time, Cancellation);
        _time.Advance(Second - TimeSpan.FromTicks(1));
        delay.IsCompleted.ShouldBeFalse();

        _time.Advance(TimeSpan.FromTicks(1));

        await delay;
        _time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task WaitAsync_and_CancellationTokenSource_keep_this_time()
    {
        using var source = new CancellationTokenSource(Second, _time);
        var waiting = new TaskCompletionSource().Task.WaitAsync(2 * Second, _time, Cancellation);

        _time.Advance(Second);
        source.IsCancellationRequested.ShouldBeTrue();
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(Second);

        await Should.ThrowAsync<TimeoutException>(() => waiting);
    }

    [Fact]
    public async Task Advances_of_several_threads_add_up()
    {
        var start = _time.GetUtcNow();
        using var timer = _time.CreateTimer(_ => _fired.Add("tick"), null, Second, Second);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => _time.Advance(Second), Cancellation)));

        _time.GetUtcNow().ShouldBe(start + (100 * Second));
        _fired.Count.ShouldBe(100);
    }

    private ITimer Record(string name, TimeSpan due) =>
        _time.CreateTimer(_ => _fired.Add(name), null, due, Timeout.InfiniteTimeSpan);
}
