using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Reads that fail, take long or give no snapshot, and the requests that wait for them.</summary>
public sealed class PolledViewFailureTests
{
    [Fact]
    public async Task A_failed_command_does_not_answer_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await StartWithBudgetSpentAsync(bench);
        bench.Advance(TimeSpan.FromMilliseconds(1));
        var asked = bench.Provider.RefreshAsync(Cancellation);
        bench.Server.Set(Rings.Value("mine"));

        await FailCommandAsync(bench);

        await bench.TurnUntilAsync(() => asked.IsCompleted);
        (await asked).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_failed_command_does_not_cancel_the_read_that_a_push_has_requested()
    {
        await using var bench = new ProviderBench();
        bench.Store.IsDeaf = false;
        await StartWithBudgetSpentAsync(bench);
        bench.Server.Set(Rings.Value("mine"));
        await using (var another = bench.Another()) await another.RotateAsync(Cancellation);

        await FailCommandAsync(bench);

        var reads = bench.Store.Reads;
        bench.Advance(TimeSpan.FromSeconds(1));
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the read that the push has requested has begun");
    }

    [Fact]
    public async Task A_change_between_the_first_read_and_the_subscription_is_known_before_the_next_poll()
    {
        await using var bench = new ProviderBench();
        bench.Store.OnSubscribing = () => bench.Server.Set(Rings.Value("mine"));

        await bench.StartAsync();

        bench.Provider.Known!.Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_ring_that_is_not_yet_believed_does_not_answer_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var copy = await bench.ReadServerAsync();
        var known = await bench.Provider.RevokeAsync(copy.Ring!.Current!.KeyId, Cancellation);
        await bench.SleepsAsync();
        await Rings.RestoreAsync(bench.Server, copy);
        bench.Advance(TimeSpan.FromMilliseconds(1));

        var asked = bench.Provider.RefreshAsync(Cancellation);
        await bench.TurnUntilAsync(() => asked.IsCompleted);

        (await asked).ShouldNotBeSameAs(known);
        bench.Provider.Known.ShouldNotBeSameAs(known);
    }

    [Fact]
    public async Task After_a_pause_of_the_process_one_failed_read_is_not_an_outage()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        // The connection has died during the pause: the first read on it fails, and a replacement answers the second.
        bench.Store.FailNextReads(1);

        bench.Advance(TimeSpan.FromSeconds(8));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task After_a_pause_of_the_process_two_failed_reads_are_an_outage()
    {
        await using var bench = new ProviderBench();
        var known = await bench.StartAsync();
        bench.Store.FailNextReads(2);

        bench.Advance(TimeSpan.FromSeconds(8));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(known.Current!.KeyId);
    }

    [Fact]
    public async Task After_a_pause_of_the_process_the_second_read_has_its_own_four_seconds()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(8));
        var asked = bench.GetAsync();

        // A command on the connection that has died, then a connect and a command.
        await PassAsync(TimeSpan.FromSeconds(1.5));
        var reads = bench.Store.Reads;
        bench.Store.FailHeld();
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the second read has begun");
        await PassAsync(TimeSpan.FromSeconds(3));
        bench.Store.Release();

        (await asked).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));

        async Task PassAsync(TimeSpan time)
        {
            for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(100))
            {
                await ProviderBench.UntilAsync(() => asked.IsCompleted || bench.Time.ArmedTimers > 0, "the request waits for a read");
                bench.Advance(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    [Fact]
    public async Task A_read_without_an_answer_is_an_outage_after_four_seconds()
    {
        await using var bench = new ProviderBench();
        var known = await bench.StartAsync();
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(6));

        var asked = bench.GetAsync();

        (await bench.TurnWhileWaitingAsync(asked)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(4));
        (await asked).Current!.KeyId.ShouldBe(known.Current!.KeyId);
    }

    [Fact]
    public async Task A_read_without_an_answer_is_unavailable_where_the_known_keys_are_older_than_the_stale_budget()
    {
        await using var bench = new ProviderBench(options => options.StaleBudget = TimeSpan.FromSeconds(6));
        await bench.StartAsync();
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(6));

        var asked = bench.GetAsync();
        await bench.TurnWhileWaitingAsync(asked);

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => asked);
    }

    [Fact]
    public async Task A_pause_of_the_process_does_not_count_as_a_read_without_an_answer()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(6));
        var asked = bench.GetAsync();

        bench.Advance(TimeSpan.FromSeconds(8));
        bench.Store.Release();

        (await asked).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_pause_of_the_process_is_no_outage_for_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1.25));
        bench.Server.Set(Rings.Value("mine"));
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        var asked = bench.Provider.RefreshAsync(Cancellation);
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the read has begun");

        bench.Advance(TimeSpan.FromSeconds(5));
        bench.Store.Release();

        (await asked).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_end_the_loop()
    {
        var log = new ThrowingLogger();
        await using var bench = new ProviderBench(logger: log);
        await bench.StartAsync();
        log.IsFull = true;
        bench.Store.IsAway = true;
        await bench.PassAsync(TimeSpan.FromSeconds(6));
        bench.Store.IsAway = false;
        bench.Server.Set(Rings.Value("mine"));

        log.IsFull = false;

        await bench.PassAsync(TimeSpan.FromSeconds(6));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_synchronous_disposal_closes_the_store_once()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();

        bench.Provider.Dispose();
        await Eventually.TrueAsync(() => bench.Store.Disposals > 0, "the store is closed");
        await bench.Provider.DisposeAsync();

        bench.Store.Disposals.ShouldBe(1);
    }

    /// <summary>Starts, and lets two reads of the current second pass, so that the next one has to wait.</summary>
    private static async Task StartWithBudgetSpentAsync(ProviderBench bench)
    {
        await bench.StartAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1.25));
        await bench.Provider.RefreshAsync(Cancellation);
        await bench.Provider.RefreshAsync(Cancellation);
        await bench.SleepsAsync();
    }

    private static async Task FailCommandAsync(ProviderBench bench)
    {
        bench.Store.IsAway = true;
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));
        bench.Store.IsAway = false;
    }

    private sealed class ThrowingLogger : ILogger
    {
        public bool IsFull { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsFull) throw new InvalidOperationException("The log is full.");
        }
    }
}
