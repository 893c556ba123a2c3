namespace Rewt.Tests.Ring;

/// <summary>Tests when a failed subscription to push messages is logged and attempted again.</summary>
public sealed class PolledViewSubscriptionTests : IDisposable
{
    private readonly CapturedLog _log = new();
    private Exception? _failure = new TimeoutException("No answer.");
    private int _attempts;

    private int Logged => _log.Text.Split("NoPush").Length - 1;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_failed_subscription_is_attempted_again_at_each_poll_and_logged_once()
    {
        await using var bench = Bench();
        await bench.StartAsync();

        await bench.AdvanceInStepsAsync(TimeSpan.FromMinutes(1));

        // Polls are 3 to 4.25 seconds apart, because a poll waits for the next step of the fake clock.
        _attempts.ShouldBeInRange(13, 21);
        Logged.ShouldBe(1);
    }

    [Fact]
    public async Task A_read_between_two_polls_does_not_attempt_a_failed_subscription_again()
    {
        await using var bench = Bench();
        await bench.StartAsync();

        for (var request = 0; request < 4; request++)
        {
            bench.Advance(TimeSpan.FromMilliseconds(1));
            var refresh = bench.Provider.RefreshAsync(Cancellation);
            await bench.AdvanceUntilAsync(() => refresh.IsCompleted);
            await refresh;
        }

        _attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_subscription_that_fails_for_another_reason_is_logged_again()
    {
        await using var bench = Bench();
        await bench.StartAsync();

        _failure = new InvalidOperationException("Refused.");
        await bench.AdvanceInStepsAsync(2 * bench.Options.RefreshInterval);

        Logged.ShouldBe(2);
    }

    [Fact]
    public async Task A_subscription_that_fails_again_after_it_had_succeeded_is_logged_again()
    {
        await using var bench = Bench();
        await bench.StartAsync();
        var failure = _failure;
        _failure = null;
        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        _failure = failure;
        bench.Store.IsUnavailable = true;
        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);
        bench.Store.IsUnavailable = false;
        await bench.AdvanceInStepsAsync(bench.Options.RefreshInterval);

        Logged.ShouldBe(2);
    }

    private ProviderBench Bench()
    {
        var bench = new ProviderBench(options => options.RotationInterval = TimeSpan.FromHours(1), _log);
        bench.Store.OnSubscribing = () =>
        {
            _attempts++;
            if (_failure is not null) throw _failure;
        };
        return bench;
    }
}
