using System.Globalization;
using System.Threading.Channels;

namespace Rewt.Internal;

/// <summary>
/// Keeps a snapshot of a store up to date in memory: a background loop reads the store at intervals and after push messages. A request gets the last
/// snapshot at once. A request waits for a read only if the snapshot is too old, or does not contain the key that the request needs.
/// </summary>
/// <remarks>The providers of key rings and of trusted apps derive from this class.</remarks>
/// <typeparam name="T">The type of the snapshot.</typeparam>
internal abstract class PolledView<T> : IAsyncDisposable, IDisposable
    where T : Snapshot
{
    /// <summary>
    /// The pause after a read that returned no snapshot because the value in the store was older than the value in memory. The older value is accepted if
    /// it is still in the store after one second. The pause is therefore a little longer than one second.
    /// </summary>
    private static readonly TimeSpan RecheckPause = TimeSpan.FromMilliseconds(1050);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest delay of a poll that is never regarded as a pause of the process. A shorter delay can have another cause, for example a busy processor.
    /// </summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>The earliest and the latest time of a poll, as fractions of the refresh interval.</summary>
    private const double EarliestPoll = 0.6, LatestPoll = 0.76;

    /// <summary>
    /// The longest time that a request waits for a new read while the server is unavailable. A client library with default settings reconnects after
    /// up to five seconds, and the next read then follows within one second. The request waits because another instance, which reconnected sooner, may
    /// have changed the store.
    /// </summary>
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(6);

    private readonly ReadBudget _budget;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Lock _starting = new();
    private readonly Lock _arming = new();
    private readonly LogLimit _changedCauses = new(TimeSpan.FromSeconds(10));
    private Task? _loop;
    private PendingRead _next = new();
    private PendingRead? _inFlight;
    private T? _snapshot;
    private Failure? _failure;
    private Due? _due;
    private bool _isReadRequested;
    private bool _isSubscribed;
    private ClockReading? _subscriptionAttempt;
    private string? _knownPushFailure;
    private bool _wasPaused;

    /// <summary>Whether the next read has the time limits of a first read.</summary>
    private bool _isResumed;

    /// <summary>
    /// Whether the process may have been paused during the last successful read. The answer can have arrived before the pause, so the read does not show
    /// that the connection still exists.
    /// </summary>
    private bool _succeededInPause;

    protected PolledView(RewtOptions options, TimeProvider time)
    {
        (RefreshInterval, StaleBudget, Time) = (options.RefreshInterval, options.StaleBudget, time);
        _budget = new ReadBudget(time);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last snapshot, regardless of its age; <see langword="null"/> before the first read.</summary>
    public T? Known => Volatile.Read(ref _snapshot);

    /// <summary>
    /// The last snapshot, if its content can be used and it is no older than one refresh interval; otherwise <see langword="null"/>.
    /// </summary>
    public T? Fresh => FreshAt(ClockReading.Now(Time));

    /// <summary>
    /// The last snapshot, if it can be used without waiting for a read; otherwise <see langword="null"/>. During an outage, a snapshot can be used
    /// until it is older than the stale budget.
    /// </summary>
    public T? Usable
    {
        get
        {
            var now = ClockReading.Now(Time);
            return FreshAt(now) ?? (Known is { Problem: null } snapshot && IsFailing && snapshot.Age(now) <= StaleBudget ? snapshot : null);
        }
    }

    /// <summary>The failure of the last read; <see langword="null"/> if it succeeded.</summary>
    public Exception? LastFailure => Volatile.Read(ref _failure)?.Exception;

    protected TimeProvider Time { get; }

    protected TimeSpan RefreshInterval { get; }

    protected TimeSpan StaleBudget { get; }

    /// <summary>The time after which a read counts as failed.</summary>
    private TimeSpan ReadLimit => PendingRead.Limit(isFirst: Known is null || Volatile.Read(ref _isResumed));

    /// <summary>
    /// Whether the last read failed less than <see cref="ReadLimit"/> ago. In this case, a request uses the last snapshot without waiting for another
    /// read.
    /// </summary>
    private bool IsFailing => Volatile.Read(ref _failure) is { } failure && failure.At.Elapsed(Time) < ReadLimit;

    /// <summary>Returns the same as <see cref="Fresh"/>, for a caller that has already read the clocks.</summary>
    public T? FreshAt(ClockReading now) => Known is { Problem: null } snapshot && snapshot.Age(now) <= RefreshInterval ? snapshot : null;

    /// <summary>Returns a text that states when the store was last read, and until when the known keys stay in use.</summary>
    protected string State()
    {
        if (Known is not { } snapshot) return "No read has succeeded since the start, so there are no keys, and calls get 503 until a read succeeds.";
        var readAt = Time.GetUtcNow() - snapshot.Age(ClockReading.Now(Time));
        return string.Create(CultureInfo.InvariantCulture, $"The last read was at {readAt:u}. The known keys stay in use until {readAt + StaleBudget:u}.");
    }

    /// <summary>Starts the background loop. If the loop is already running, this method has no effect.</summary>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
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

    /// <summary>
    /// Returns the snapshot, after a read if necessary. While the store can be reached, the snapshot is at most one refresh interval old. While the
    /// store is unavailable, the snapshot is at most as old as the stale budget.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">There is no snapshot, or the last snapshot is too old or cannot be used.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken) =>
        Fresh is { } snapshot ? ValueTask.FromResult(snapshot) : GetSlowAsync(cancellationToken);

    /// <summary>
    /// Returns a snapshot from a read that begins after this call. Concurrent calls share a read. There are at most two reads per second.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The store cannot be reached, or too many requests are waiting for a read.</exception>
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

    /// <summary>
    /// Reads the store at once, even if the limit of two reads per second is exceeded. Tests call this method after a change of the store, so that the
    /// snapshot contains the change.
    /// </summary>
    public Task<T?> ReadNowAsync(CancellationToken cancellationToken) => ReadInTurnAsync(ReadAsync, Turn.Extra, cancellationToken);

    /// <summary>
    /// Requests the end of the background loop, without waiting for its end. When the loop ends, it closes the resources of this object.
    /// </summary>
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

    /// <summary>Makes the background loop read the store as soon as the limit of two reads per second permits.</summary>
    protected void RequestRead()
    {
        lock (_arming)
        {
            // A read is already requested, or waits for the limit.
            if (_isReadRequested) return;
            Volatile.Write(ref _isReadRequested, true);
            // A timer that is armed while the loop works would cause an additional round. Tests wait for the armed timer.
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _wake.Writer.TryWrite(true);
        }
    }

    /// <summary>
    /// Executes an operator's command that reads the store. The background loop does not read the store at the same time. A failure is thrown to the
    /// caller and does not count as an outage.
    /// </summary>
    protected Task<T?> ReadInTurnAsync(Func<T?, CancellationToken, Task<T?>> read, CancellationToken cancellationToken) =>
        ReadInTurnAsync(read, Turn.Command, cancellationToken);

    /// <summary>Reads the store.</summary>
    /// <returns>The new snapshot; <see langword="null"/> if the value in the store was older than the value in memory. In this case, the store must be
    /// read again soon.</returns>
    protected abstract Task<T?> ReadAsync(T? previous, CancellationToken cancellationToken);

    /// <summary>
    /// Subscribes to changes: <paramref name="onChanged"/> is called when another instance has changed the store. For one change,
    /// <paramref name="onChanged"/> may be called several times, late, or not at all.
    /// </summary>
    protected abstract Task SubscribeAsync(Action onChanged, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the time until the next change that no push message announces, such as a rotation; <see cref="TimeSpan.MaxValue"/> if none is due.
    /// </summary>
    protected virtual TimeSpan UntilDue(T snapshot) => TimeSpan.MaxValue;

    /// <summary>Called by the background loop after a poll that returned a snapshot, unless the next poll is overdue.</summary>
    protected virtual Task OnPolledAsync(T snapshot, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after each read, with the duration of the read and its failure, if any.</summary>
    protected virtual void OnRead(TimeSpan duration, Exception? failure)
    {
    }

    /// <summary>Called when a read has failed because of a long pause of the process. The next read has the time limits of the first read.</summary>
    protected virtual void OnResumed()
    {
    }

    /// <summary>Called when a request gets a snapshot that is older than one refresh interval.</summary>
    protected virtual void OnServedStale()
    {
    }

    /// <summary>Closes the resources of the derived class.</summary>
    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    protected abstract void LogUnavailable(Exception exception);

    protected abstract void LogAvailable();

    /// <summary>
    /// Logs that the subscription has failed. Further attempts that fail for the same reason are not logged.
    /// </summary>
    protected abstract void LogNoPush(Exception exception);

    /// <summary>
    /// Creates the exception that a request gets while there is no snapshot, or while the last snapshot is older than the stale budget.
    /// </summary>
    protected abstract RewtKeysUnavailableException Unavailable(Exception? exception);

    /// <summary>Creates the exception that a request gets while the content of the store cannot be used.</summary>
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
        if (snapshot is null || snapshot.Age(ClockReading.Now(Time)) > StaleBudget) throw Unavailable(LastFailure);
        if (snapshot.Problem is { } problem) throw Unusable(problem);
        if (snapshot.Age(ClockReading.Now(Time)) > RefreshInterval) OnServedStale();
        return snapshot;
    }

    /// <summary>
    /// Returns whether the snapshot is no older than one refresh interval, or is from a read that began after <paramref name="asked"/>. The snapshot of
    /// such a read can be older than one refresh interval if the process was paused during the read.
    /// </summary>
    private bool IsNew(ClockReading asked) => IsSince(asked) || Known?.Age(ClockReading.Now(Time)) <= RefreshInterval;

    private bool IsSince(ClockReading asked) => Known?.IsSince(asked, ClockReading.Now(Time)) == true;

    /// <summary>
    /// Waits for a read in three steps, which together are as long as <see cref="ReadLimit"/>. If the process is paused during a step, only this step ends
    /// too early.
    /// </summary>
    /// <returns><see langword="true"/> if the read has ended; otherwise <see langword="false"/>.</returns>
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

            lock (_arming)
            {
                var wait = UntilRead();
                if (!_wake.Reader.TryPeek(out _)) _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        var snapshot = await ReadInTurnAsync(ReadAsync, Turn.Poll, cancellationToken).ConfigureAwait(false);
        if (!_isSubscribed && _failure is null && IsSubscriptionDue && await TrySubscribeAsync(cancellationToken).ConfigureAwait(false))
        {
            // No push announced a change between the read and the subscription.
            snapshot = await ReadInTurnAsync(ReadAsync, Turn.Extra, cancellationToken).ConfigureAwait(false) ?? snapshot;
        }

        // After a pause of the process, the overdue read comes first.
        if (snapshot is not null && !Overslept) await OnPolledAsync(snapshot, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the next poll is overdue by so much that the process must have been paused.</summary>
    private bool Overslept => -UntilPoll() is var late && late > LongestDelay && late > RefreshInterval * (1 - LatestPoll);

    /// <summary>Whether a poll interval has passed since the last attempt to subscribe. Requests can cause reads more often.</summary>
    private bool IsSubscriptionDue => _subscriptionAttempt is not { } at || at.Elapsed(Time) >= RefreshInterval * EarliestPoll;

    private TimeSpan UntilPoll() => Volatile.Read(ref _due) is { } due ? due.Pause - due.From.Elapsed(Time) : TimeSpan.Zero;

    private TimeSpan UntilRead()
    {
        var poll = UntilPoll();
        if (!Volatile.Read(ref _isReadRequested)) return poll;
        var requested = _budget.UntilFree();
        return requested < poll ? requested : poll;
    }

    /// <summary>Executes one read. Reads of the background loop and of commands wait for each other, so that two reads never overlap.</summary>
    private async Task<T?> ReadInTurnAsync(Func<T?, CancellationToken, Task<T?>> read, Turn turn, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _isReadRequested, false);
        var pending = Interlocked.Exchange(ref _next, new PendingRead());
        Volatile.Write(ref _inFlight, pending);
        if (turn != Turn.Extra) _budget.Spend();
        var began = ClockReading.Now(Time);
        var (limit, succeededInPause) = (ReadLimit, _succeededInPause);
        var isAfterPause = succeededInPause || Overslept;
        // A shorter delay can be caused by a busy processor. If it counted as a pause, calls would wait longer in an outage.
        var isResumed = succeededInPause || -UntilPoll() > PendingRead.Limit(isFirst: false);
        _succeededInPause = false;
        Exception? failure = null;
        try
        {
            var snapshot = await read(_snapshot, cancellationToken).ConfigureAwait(false);
            if (snapshot is not null) Volatile.Write(ref _snapshot, snapshot);
            _succeededInPause = began.Elapsed(Time) > limit;
            Volatile.Write(ref _wasPaused, false);
            Volatile.Write(ref _isResumed, false);
            ReadAgainIn(snapshot is null ? RecheckPause : PollPause(snapshot));
            if (Interlocked.Exchange(ref _failure, null) is not null)
            {
                // The outage may have ended the subscription too.
                (_isSubscribed, _subscriptionAttempt) = (false, null);
                LogAvailable();
            }

            return snapshot;
        }
        catch (Exception exception)
        {
            failure = exception;
            if (turn == Turn.Command || cancellationToken.IsCancellationRequested)
            {
                _succeededInPause = succeededInPause;
                // A push may have requested the read that this one was to be.
                RequestRead();
                throw;
            }

            // A failure during or after a pause of the process is no evidence of an outage: the connection may have been lost in the pause. The store is
            // read again, on a new connection if necessary.
            var isInterrupted = began.Elapsed(Time) > limit;
            var isPause = !_wasPaused && (isAfterPause || isInterrupted);
            Volatile.Write(ref _wasPaused, isPause);
            Volatile.Write(ref _isResumed, isPause && Volatile.Read(ref _failure) is null && (isResumed || isInterrupted));
            if (isPause)
            {
                if (_isResumed) OnResumed();
                ReadAgainIn(TimeSpan.Zero);
                return null;
            }

            ReadAgainIn(RetryPause * (1 + (Random.Shared.NextDouble() / 2)));
            var former = Volatile.Read(ref _failure);
            var cause = StoreFailure.Explanation(exception) ?? (exception is OversizedKeyException ? exception.Message : null);
            // The cause of an outage may change, and may be found only by a later read.
            var isLogged = former is null || (cause is not null && cause != former.LoggedCause && _changedCauses.Count(Time) > 0);
            Volatile.Write(ref _failure, new Failure(ClockReading.Now(Time), exception, isLogged ? cause : former!.LoggedCause));
            if (isLogged) LogUnavailable(exception);
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
        var poll = RefreshInterval * (EarliestPoll + (Random.Shared.NextDouble() * (LatestPoll - EarliestPoll)));
        var due = UntilDue(snapshot);
        return due < poll ? due : poll;
    }

    private async Task<bool> TrySubscribeAsync(CancellationToken cancellationToken)
    {
        _subscriptionAttempt = ClockReading.Now(Time);
        try
        {
            await SubscribeAsync(RequestRead, cancellationToken).ConfigureAwait(false);
            (_isSubscribed, _knownPushFailure) = (true, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A missing permission fails every attempt for the same reason.
            var cause = StoreFailure.Cause(exception);
            var isKnown = cause == _knownPushFailure;
            _knownPushFailure = cause;
            if (!isKnown) LogNoPush(exception);
        }

        return _isSubscribed;
    }

    /// <summary>
    /// The cause of a read, which determines whether the read counts toward the limit of two reads per second, and whether its failure counts as an
    /// outage.
    /// </summary>
    private enum Turn
    {
        /// <summary>A read by the background loop, scheduled or requested.</summary>
        Poll,

        /// <summary>
        /// A read that is part of an operator's command. The failure of such a read is thrown to the caller and does not count as an outage.
        /// </summary>
        Command,

        /// <summary>A read after a subscription, or for a test. Such a read does not count toward the limit of reads.</summary>
        Extra,
    }

    /// <summary>
    /// The time and the exception of the last failed read, and the cause of the outage that was logged last. A successful read removes this record.
    /// </summary>
    private sealed record Failure(ClockReading At, Exception Exception, string? LoggedCause);

    /// <summary>The time of the next poll: <paramref name="From"/> plus <paramref name="Pause"/>.</summary>
    private sealed record Due(ClockReading From, TimeSpan Pause);
}
