using System.Threading.Channels;

namespace Rewt.Internal;

/// <summary>
/// Keeps what is known of a store up to date in memory: a background loop reads the store at intervals and after push messages. A request gets the
/// last snapshot at once, and waits for a read only if that snapshot is too old or lacks what the request needs.
/// </summary>
/// <remarks>The key rings and the trusted apps derive from it.</remarks>
/// <typeparam name="T">The snapshot.</typeparam>
internal abstract class PolledView<T> : IAsyncDisposable, IDisposable
    where T : Snapshot
{
    /// <summary>The pause after a read that gave no snapshot: a little longer than a source waits before it accepts a value older than the known one.</summary>
    private static readonly TimeSpan RecheckPause = TimeSpan.FromMilliseconds(1050);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>A poll that is late by less may have waited for a processor.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>The earliest and the latest time of a poll, as fractions of the refresh interval.</summary>
    private const double EarliestPoll = 0.6, LatestPoll = 0.76;

    /// <summary>
    /// How long a request that needs a new read waits for a server that was unavailable: an instance that reconnected earlier may have changed the
    /// store. A client library with its default settings reconnects after up to five seconds, and a read may be most of a second away.
    /// </summary>
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _refreshInterval;
    private readonly TimeSpan _staleBudget;
    private readonly ReadBudget _budget;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Lock _starting = new();
    private Task? _loop;
    private PendingRead _next = new();
    private PendingRead? _inFlight;
    private T? _snapshot;
    private Failure? _failure;
    private Due? _due;
    private bool _isReadRequested;
    private bool _isSubscribed;
    private bool _wasPaused;

    protected PolledView(RewtOptions options, TimeProvider time)
    {
        (_refreshInterval, _staleBudget, Time) = (options.RefreshInterval, options.StaleBudget, time);
        _budget = new ReadBudget(time);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last snapshot, of any age.</summary>
    public T? Known => Volatile.Read(ref _snapshot);

    /// <summary>The snapshot if it can be used without waiting: usable and no older than one refresh interval.</summary>
    public T? Fresh => FreshAt(ClockReading.Now(Time));

    /// <summary>The snapshot if it can be used without waiting, during an outage too.</summary>
    public T? Usable
    {
        get
        {
            var now = ClockReading.Now(Time);
            return FreshAt(now) ?? (Known is { Problem: null } snapshot && IsFailing && snapshot.Age(now) <= _staleBudget ? snapshot : null);
        }
    }

    protected TimeProvider Time { get; }

    /// <summary>The failure of the last read; <see langword="null"/> if it succeeded.</summary>
    protected Exception? LastFailure => Volatile.Read(ref _failure)?.Exception;

    /// <summary>The time after which a read counts as lost.</summary>
    private TimeSpan ReadLimit => PendingRead.Limit(isFirst: Known is null);

    /// <summary>Whether the last read failed, so recently that a request does not wait for another one.</summary>
    private bool IsFailing => Volatile.Read(ref _failure) is { } failure && failure.At.Elapsed(Time) < ReadLimit;

    /// <summary><see cref="Fresh"/> for a caller that has read the clocks.</summary>
    public T? FreshAt(ClockReading now) => Known is { Problem: null } snapshot && snapshot.Age(now) <= _refreshInterval ? snapshot : null;

    /// <summary>Starts the loop; does nothing if it runs.</summary>
    /// <exception cref="ObjectDisposedException">The view is disposed.</exception>
    public void Start()
    {
        // A request that waited for a loop that has ended would get no answer.
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (_loop is not null) return;
        lock (_starting)
        {
            // The loop outlives the request that may have started it, and is no part of that request's trace.
            using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            // On the thread pool from its first step: a connection that the application's own factory opens may block.
            _loop ??= Task.Run(RunAndCloseAsync);
        }
    }

    /// <summary>The snapshot: at most one refresh interval old while the store can be reached, at most the stale budget while it cannot.</summary>
    /// <exception cref="RewtKeysUnavailableException">There is no such snapshot.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken) =>
        Fresh is { } snapshot ? ValueTask.FromResult(snapshot) : GetSlowAsync(cancellationToken);

    /// <summary>A snapshot from a read that begins after this call. Calls share reads, of which there are at most two a second.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store cannot be reached, or too many requests wait.</exception>
    public async Task<T> RefreshAsync(CancellationToken cancellationToken)
    {
        Start();
        var asked = ClockReading.Now(Time);
        do
        {
            var pending = Volatile.Read(ref _next);
            RequestRead();
            if (!await WaitAsync(pending, cancellationToken).ConfigureAwait(false)) break;
            if (IsSince(asked)) return await GetAsync(cancellationToken).ConfigureAwait(false);
        }
        while (asked.Elapsed(Time) < RecoveryPatience);

        throw Unavailable(LastFailure);
    }

    /// <summary>Reads at once, outside the loop and its budget: for tests that wait until a change is known.</summary>
    public Task<T?> ReadNowAsync(CancellationToken cancellationToken) => ReadInTurnAsync(ReadAsync, Turn.Extra, cancellationToken);

    /// <summary>Ends the loop, which then closes what the view owns. A synchronous disposal cannot wait for it.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        lock (_starting) _loop ??= Task.Run(RunAndCloseAsync);
        GC.SuppressFinalize(this);
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _loop!.ConfigureAwait(false);
    }

    /// <summary>Makes the loop read the store as soon as the limit of reads permits.</summary>
    protected void RequestRead()
    {
        Volatile.Write(ref _isReadRequested, true);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>
    /// Executes an operator's command, which reads the store, while the loop reads nothing. A failure is thrown to the caller and does not count as
    /// an outage.
    /// </summary>
    protected Task<T?> ReadInTurnAsync(Func<T?, CancellationToken, Task<T?>> read, CancellationToken cancellationToken) =>
        ReadInTurnAsync(read, Turn.Command, cancellationToken);

    /// <summary>Reads the store.</summary>
    /// <returns>The snapshot, or <see langword="null"/> if the source does not accept the value yet and the store must be read again soon.</returns>
    protected abstract Task<T?> ReadAsync(T? previous, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="onChanged"/> when another instance has changed the store. The call is only a hint: it may come twice, late or not at
    /// all.
    /// </summary>
    protected abstract Task SubscribeAsync(Action onChanged, CancellationToken cancellationToken);

    /// <summary>The time until something is due that no push announces; <see cref="TimeSpan.MaxValue"/> if nothing is.</summary>
    protected virtual TimeSpan UntilDue(T snapshot) => TimeSpan.MaxValue;

    /// <summary>Called by the loop after each read that gave a snapshot.</summary>
    protected virtual Task OnPolledAsync(T snapshot, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after each read, with its duration and its failure.</summary>
    protected virtual void OnRead(TimeSpan duration, Exception? failure)
    {
    }

    /// <summary>Called when a request gets a snapshot that is older than one refresh interval.</summary>
    protected virtual void OnServedStale()
    {
    }

    /// <summary>Releases what the view owns.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected abstract void LogUnavailable(Exception exception);

    protected abstract void LogAvailable();

    protected abstract void LogNoPush(Exception exception);

    /// <summary>Creates the exception for a request while there is no snapshot, or only one that is older than the stale budget.</summary>
    protected abstract RewtKeysUnavailableException Unavailable(Exception? exception);

    /// <summary>Creates the exception for a request while the content of the store cannot be used.</summary>
    protected abstract RewtKeysUnavailableException Unusable(string problem);

    private async ValueTask<T> GetSlowAsync(CancellationToken cancellationToken)
    {
        Start();
        var asked = ClockReading.Now(Time);
        var step = ReadLimit / 3;
        for (var waited = TimeSpan.Zero; waited < ReadLimit && !IsFailing && !IsNew(asked);)
        {
            // A read in progress is enough: another one would use up the budget of reads for unknown keys.
            var inFlight = Volatile.Read(ref _inFlight);
            var pending = inFlight ?? Volatile.Read(ref _next);
            if (inFlight is null) RequestRead();
            var began = ClockReading.Now(Time);
            var hasEnded = await pending.WaitAsync(step, Time, cancellationToken).ConfigureAwait(false);
            // A pause of the process says nothing about the read, so a step counts with its own length at most. The read that follows one that failed because
            // of a pause may have to connect, so it is waited for as long as any other.
            var passed = began.Elapsed(Time);
            waited = hasEnded && Volatile.Read(ref _wasPaused) ? TimeSpan.Zero : waited + (passed < step ? passed : step);
        }

        var snapshot = Known;
        if (snapshot is null || snapshot.Age(ClockReading.Now(Time)) > _staleBudget) throw Unavailable(LastFailure);
        if (snapshot.Problem is { } problem) throw Unusable(problem);
        if (snapshot.Age(ClockReading.Now(Time)) > _refreshInterval) OnServedStale();
        return snapshot;
    }

    /// <summary>
    /// Whether the snapshot is no older than one refresh interval, or is from a read that began after <paramref name="asked"/>. A read that was in progress
    /// may be as old as a pause of the process.
    /// </summary>
    private bool IsNew(ClockReading asked) => IsSince(asked) || Known?.Age(ClockReading.Now(Time)) <= _refreshInterval;

    private bool IsSince(ClockReading asked) => Known?.IsSince(asked, ClockReading.Now(Time)) == true;

    /// <summary>Waits for a read. A pause of the process says nothing about the read, so each third of the limit is waited for by itself.</summary>
    /// <returns>Whether the read has ended.</returns>
    private async ValueTask<bool> WaitAsync(PendingRead pending, CancellationToken cancellationToken)
    {
        for (var step = 0; step < 3; step++)
        {
            if (await pending.WaitAsync(ReadLimit / 3, Time, cancellationToken).ConfigureAwait(false)) return true;
        }

        return false;
    }

    private async Task RunAndCloseAsync()
    {
        try
        {
            await RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (UntilRead() <= TimeSpan.Zero) await PollAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A failed read is no exception here. A log or metric of the application threw, and must not end the loop.
                if (UntilRead() <= TimeSpan.Zero) ReadAgainIn(RetryPause);
            }

            var wait = UntilRead();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ReadInTurnAsync(ReadAsync, Turn.Poll, cancellationToken).ConfigureAwait(false);
        if (!_isSubscribed && _failure is null && await TrySubscribeAsync(cancellationToken).ConfigureAwait(false))
        {
            // No push announced a change between the read and the subscription.
            snapshot = await ReadInTurnAsync(ReadAsync, Turn.Extra, cancellationToken).ConfigureAwait(false) ?? snapshot;
        }

        if (snapshot is not null) await OnPolledAsync(snapshot, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the next poll is so late that the process must have been paused.</summary>
    private bool Overslept => -UntilPoll() is var late && late > LongestDelay && late > _refreshInterval * (1 - LatestPoll);

    private TimeSpan UntilPoll() => Volatile.Read(ref _due) is { } due ? due.Pause - due.From.Elapsed(Time) : TimeSpan.Zero;

    private TimeSpan UntilRead()
    {
        var poll = UntilPoll();
        if (!Volatile.Read(ref _isReadRequested)) return poll;
        var requested = _budget.UntilFree();
        return requested < poll ? requested : poll;
    }

    /// <summary>One read. The loop and commands take turns, so that no two reads overlap.</summary>
    private async Task<T?> ReadInTurnAsync(Func<T?, CancellationToken, Task<T?>> read, Turn turn, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isReadRequested, false);
        var pending = Interlocked.Exchange(ref _next, new PendingRead());
        Volatile.Write(ref _inFlight, pending);
        if (turn != Turn.Extra) _budget.Spend();
        var began = ClockReading.Now(Time);
        var overslept = Overslept;
        Exception? failure = null;
        try
        {
            var snapshot = await read(_snapshot, cancellationToken).ConfigureAwait(false);
            if (snapshot is not null) Volatile.Write(ref _snapshot, snapshot);
            Volatile.Write(ref _wasPaused, false);
            ReadAgainIn(snapshot is null ? RecheckPause : PollPause(snapshot));
            if (Interlocked.Exchange(ref _failure, null) is not null)
            {
                // The outage may have ended the subscription too.
                _isSubscribed = false;
                LogAvailable();
            }

            return snapshot;
        }
        catch (Exception exception)
        {
            failure = exception;
            if (turn == Turn.Command || cancellationToken.IsCancellationRequested)
            {
                // A push may have requested the read that this one was to be.
                RequestRead();
                throw;
            }

            // A failure during or after a pause of the process is no evidence of an outage: the connection may have been lost in the pause. The store is
            // read again, on a new connection if necessary.
            var isPause = !_wasPaused && (overslept || began.Elapsed(Time) > ReadLimit);
            Volatile.Write(ref _wasPaused, isPause);
            if (isPause)
            {
                ReadAgainIn(TimeSpan.Zero);
                return null;
            }

            ReadAgainIn(RetryPause * (1 + (Random.Shared.NextDouble() / 2)));
            var former = Interlocked.Exchange(ref _failure, new Failure(ClockReading.Now(Time), exception));
            // A read that got no answer is followed by one that finds the cause.
            if (former is null || (exception is OversizedKeyException && former.Exception is not OversizedKeyException)) LogUnavailable(exception);
            return null;
        }
        finally
        {
            Volatile.Write(ref _inFlight, null);
            pending.Complete();
            _turn.Release();
            if (failure is not OperationCanceledException) OnRead(began.Elapsed(Time), failure);
        }
    }

    private void ReadAgainIn(TimeSpan pause) => Volatile.Write(ref _due, new Due(ClockReading.Now(Time), pause));

    private TimeSpan PollPause(T snapshot)
    {
        // With the default interval, a read that gets no answer has failed before the snapshot is one refresh interval old.
        var poll = _refreshInterval * (EarliestPoll + (Random.Shared.NextDouble() * (LatestPoll - EarliestPoll)));
        var due = UntilDue(snapshot);
        return due < poll ? due : poll;
    }

    private async Task<bool> TrySubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SubscribeAsync(RequestRead, cancellationToken).ConfigureAwait(false);
            _isSubscribed = true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoPush(exception);
        }

        return _isSubscribed;
    }

    /// <summary>
    /// The cause of a read: the loop, the command of an operator, or a new subscription or test. A read of the last kind does not count toward the
    /// limit of reads, and the failure of a command is no outage.
    /// </summary>
    private enum Turn
    {
        /// <summary>A scheduled or requested read by the loop.</summary>
        Poll,

        /// <summary>The read that is part of an operator's command. Its failure is thrown to the operator and is no outage.</summary>
        Command,

        /// <summary>A read after a subscription, or for a test, which does not count toward the limit.</summary>
        Extra,
    }

    /// <summary>The last failed read of the store: when it failed, and why. A successful read removes it.</summary>
    private sealed record Failure(ClockReading At, Exception Exception);

    /// <summary>When the loop reads the store next: after a pause that began at a point in time.</summary>
    private sealed record Due(ClockReading From, TimeSpan Pause);
}
