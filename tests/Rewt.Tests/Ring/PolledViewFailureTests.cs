using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests requests that wait for reads that fail, take long or return no snapshot.</summary>
public sealed class PolledViewFailureTests
{
    [Fact]
    public async Task A_changed_cause_of_an_outage_is_logged_again()
    {
        var log = new CapturedLog();
        await using var bench = new ProviderBench(logger: log.CreateLogger("Rewt.KeyRing"));
        await bench.StartAsync();
        bench.Store.IsUnavailable = true;

        foreach (var cause in new[] { "Nothing listens.", null, "Nothing listens.", "The login is refused.", null, "The login is refused." })
        {
            bench.Store.Explanation = cause;
            await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(15));
        }

        bench.Store.Explanation = "Redis is loading.";
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(2));
        bench.Store.Explanation = "The disk is full.";
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(15));

        var entries = log.Lines.Where(line => line.Contains("StoreUnavailable", StringComparison.Ordinal)).ToList();
        entries.Count.ShouldBe(4);
        entries[0].ShouldContain("Nothing listens.");
        entries[1].ShouldContain("The login is refused.");
        entries[2].ShouldContain("Redis is loading.");
        entries[3].ShouldContain("The disk is full.", customMessage: "the limit of log lines delays this cause, but does not drop it");
    }

    [Fact]
    public async Task A_failed_command_does_not_complete_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await StartAndUseReadLimitAsync(bench);
        bench.Advance(TimeSpan.FromMilliseconds(1));
        var request = bench.Provider.RefreshAsync(Cancellation);
        bench.Server.Set(Rings.Value("mine"));

        await FailCommandAsync(bench);

        await bench.AdvanceUntilAsync(() => request.IsCompleted);
        (await request).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_failed_command_does_not_cancel_the_read_that_a_push_has_requested()
    {
        await using var bench = new ProviderBench();
        bench.Store.DropsPushes = false;
        await StartAndUseReadLimitAsync(bench);
        bench.Server.Set(Rings.Value("mine"));
        await using (var another = bench.CreateProvider()) await another.RotateAsync(Cancellation);

        await FailCommandAsync(bench);

        var reads = bench.Store.Reads;
        bench.Advance(TimeSpan.FromSeconds(1));
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the read that the push has requested has begun");
    }

    [Fact]
    public async Task A_change_between_the_first_read_and_the_subscription_is_detected_before_the_next_poll()
    {
        await using var bench = new ProviderBench();
        bench.Store.OnSubscribing = () => bench.Server.Set(Rings.Value("mine"));

        await bench.StartAsync();

        bench.Provider.Known!.Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task An_unconfirmed_regressed_ring_does_not_complete_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var copy = await bench.ReadServerAsync();
        var known = await bench.Provider.RevokeAsync(copy.Ring!.Current!.KeyId, Cancellation);
        await bench.WaitUntilIdleAsync();
        await Rings.RestoreAsync(bench.Server, copy);
        bench.Advance(TimeSpan.FromMilliseconds(1));

        var request = bench.Provider.RefreshAsync(Cancellation);
        await bench.AdvanceUntilAsync(() => request.IsCompleted);

        (await request).ShouldNotBeSameAs(known);
        bench.Provider.Known.ShouldNotBeSameAs(known);
    }

    [Fact]
    public async Task One_failed_read_after_a_pause_of_the_process_is_not_an_outage()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        // The connection was lost during the pause: the first read fails, and a new connection serves the second.
        bench.Store.FailNextReads(1);

        bench.Advance(TimeSpan.FromSeconds(8));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task One_failed_read_after_a_pause_during_a_successful_read_is_not_an_outage()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(4));
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "a poll has begun");
        // The answer arrived before the pause and is read after it. The connection was lost during the pause, so the next read fails.
        bench.Store.OnRead = reading =>
        {
            bench.Server.Set(Rings.Value("mine"));
            return reading;
        };
        bench.Store.FailNextReads(1);
        bench.Advance(TimeSpan.FromSeconds(8));
        bench.Store.Release();
        await ProviderBench.UntilAsync(() => bench.Provider.Known!.Age(ClockReading.Now(bench.Time)) < TimeSpan.FromSeconds(9), "the poll has ended");

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task Two_failed_reads_after_a_pause_of_the_process_are_an_outage()
    {
        await using var bench = new ProviderBench();
        var known = await bench.StartAsync();
        bench.Store.FailNextReads(2);

        bench.Advance(TimeSpan.FromSeconds(8));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(known.Current!.KeyId);
    }

    [Fact]
    public async Task The_second_read_after_a_pause_of_the_process_has_the_timeout_of_a_first_read()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(8));
        var request = bench.GetAsync();
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the first read has begun");

        // The first read fails on the lost connection, and the second needs a connect and a command.
        await AdvanceAsync(TimeSpan.FromSeconds(1.5));
        reads = bench.Store.Reads;
        bench.Store.FailBlockedReads();
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the second read has begun");
        await AdvanceAsync(TimeSpan.FromSeconds(9));
        bench.Store.Resumptions.ShouldBe(1);
        bench.Store.Release();

        (await request).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));

        async Task AdvanceAsync(TimeSpan time)
        {
            for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(100))
            {
                await ProviderBench.UntilAsync(() => request.IsCompleted || bench.Time.ArmedTimers > 0, "the request waits for a read");
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

        var request = bench.GetAsync();

        (await bench.AdvanceWhileWaitingAsync(request)).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(4));
        (await request).Current!.KeyId.ShouldBe(known.Current!.KeyId);
    }

    [Fact]
    public async Task A_read_without_an_answer_makes_keys_older_than_the_stale_budget_unavailable()
    {
        await using var bench = new ProviderBench(options => options.StaleBudget = TimeSpan.FromSeconds(6));
        await bench.StartAsync();
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(6));

        var request = bench.GetAsync();
        await bench.AdvanceWhileWaitingAsync(request);

        await Should.ThrowAsync<RewtKeysUnavailableException>(() => request);
    }

    [Fact]
    public async Task A_pause_of_the_process_does_not_count_toward_the_timeout_of_a_read()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Server.Set(Rings.Value("mine"));
        bench.Store.Hold();
        bench.Advance(TimeSpan.FromSeconds(6));
        var request = bench.GetAsync();

        bench.Advance(TimeSpan.FromSeconds(8));
        bench.Store.Release();

        (await request).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_pause_of_the_process_does_not_fail_a_request_for_a_newer_snapshot()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1.25));
        bench.Server.Set(Rings.Value("mine"));
        var reads = bench.Store.Reads;
        bench.Store.Hold();
        var request = bench.Provider.RefreshAsync(Cancellation);
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the read has begun");

        bench.Advance(TimeSpan.FromSeconds(5));
        bench.Store.Release();

        (await request).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_stop_polling()
    {
        var log = new ThrowingLogger();
        await using var bench = new ProviderBench(logger: log);
        await bench.StartAsync();
        log.Throws = true;
        bench.Store.IsUnavailable = true;
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));
        bench.Store.IsUnavailable = false;
        bench.Server.Set(Rings.Value("mine"));

        log.Throws = false;

        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(6));

        (await bench.GetAsync()).Current!.KeyId.ShouldBe(Rings.KeyId("mine"));
    }

    [Fact]
    public async Task Disposing_a_provider_synchronously_disposes_the_store_once()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();

        bench.Provider.Dispose();
        await Eventually.TrueAsync(() => bench.Store.Disposals > 0, "the store is disposed");
        await bench.Provider.DisposeAsync();

        bench.Store.Disposals.ShouldBe(1);
    }

    /// <summary>Starts the provider and makes the two reads that are allowed in the current second, so that the next read has to wait.</summary>
    private static async Task StartAndUseReadLimitAsync(ProviderBench bench)
    {
        await bench.StartAsync();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(1.25));
        await bench.Provider.RefreshAsync(Cancellation);
        await bench.Provider.RefreshAsync(Cancellation);
        await bench.WaitUntilIdleAsync();
    }

    private static async Task FailCommandAsync(ProviderBench bench)
    {
        bench.Store.IsUnavailable = true;
        await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));
        bench.Store.IsUnavailable = false;
    }

    private sealed class ThrowingLogger : ILogger
    {
        public bool Throws { get; set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Throws) throw new InvalidOperationException("The log is full.");
        }
    }
}
