namespace Rewt.Tests.Faults;

/// <summary>Tests the time limit of Redis commands.</summary>
public sealed class TimeLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();

    [Fact]
    public async Task An_answer_that_arrived_while_the_process_was_paused_is_read()
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = answer.Task.WithinAsync(Limit, _clock, Cancellation);

        _clock.Advance(2 * Limit);
        await Eventually.TrueAsync(() => _clock.ArmedTimers > 0 || waiting.IsCompleted, "the wait continues after the pause");
        answer.SetResult(1);

        (await waiting).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_without_an_answer_fails_after_the_limit()
    {
        var started = _clock.GetTimestamp();
        var waiting = new TaskCompletionSource().Task.WithinAsync(Limit, _clock, Cancellation);

        await _clock.AdvanceUntilAsync(() => waiting.IsCompleted, within: Limit, _clock.Advance);

        await Should.ThrowAsync<TimeoutException>(() => waiting);
        _clock.GetElapsedTime(started).ShouldBeInRange(Limit, 2 * Limit);
    }
}
