using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Keeps one namespace's ring: a loop of its own polls, follows pushes and rotates on time; requests read its last snapshot and wait
/// for it only when that is too old or lacks a key.
/// </summary>
internal sealed partial class RingKeeper : IAsyncDisposable, IDisposable
{
    /// <summary>Just past the grace that the maintainer gives a ring older than the known one.</summary>
    private static readonly TimeSpan RegressionPause = TimeSpan.FromMilliseconds(1050);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long an unknown key waits for a server that was away: another instance that has it back already may have made the key. A client library that is
    /// left to its defaults tries to connect again after up to five seconds, and a read may be most of a second away.
    /// </summary>
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(6);

    private readonly TimeSpan _refreshInterval;
    private readonly TimeSpan _staleBudget;
    private readonly IKeySource _source;
    private readonly RingSchedule _schedule;
    private readonly ReadBudget _budget;
    private readonly InstanceRoll _roll;
    private readonly ClockWatch _clock;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Lock _starting = new();
    private Task? _loop;
    private PendingRead _next = new();
    private PendingRead? _inFlight;
    private KeySnapshot? _snapshot;
    private Failure? _failure;
    private Due? _due;
    private bool _wanted;
    private bool _subscribed;
    private bool _overran;

    public RingKeeper(RewtOptions options, IRingStore store, TimeProvider time, ILogger logger)
        : this(options, new SecretKeys(options, store, time, logger), time, logger)
    {
    }

    public RingKeeper(RewtOptions options, IKeySource source, TimeProvider time, ILogger logger, RingTelemetry? telemetry = null)
    {
        (Name, _refreshInterval, _staleBudget) = (options.Namespace, options.RefreshInterval, options.StaleBudget);
        (_source, _time, _logger) = (source, time, logger);
        _schedule = RingSchedule.From(options);
        _budget = new ReadBudget(time);
        _clock = new ClockWatch(Name, options.ClockSkew, logger);
        _roll = new InstanceRoll(source.Instances, options, time, telemetry?.Audit.Instance);
        Metrics = telemetry?.Metrics ?? RingMetrics.None;
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The namespace.</summary>
    public string Name { get; }

    public RingMetrics Metrics { get; }

    /// <summary>Who looks the ring's server over, where somebody can.</summary>
    public IStoreDoctor? Doctor => _source.Doctor;

    /// <summary>Begins to keep the ring; harmless when it has begun.</summary>
    /// <exception cref="ObjectDisposedException">The keeper is closed.</exception>
    public void Start()
    {
        // Nobody would answer who waits for a loop that has ended.
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (_loop is not null) return;
        lock (_starting)
        {
            // The loop outlives the request that may have begun it, and is no part of that request's trace.
            using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            // On the pool from its first step: a connection that the application's own factory opens may block.
            _loop ??= Task.Run(() => RunAsync(_stopping.Token));
        }
    }

    /// <summary>What was read last, however old.</summary>
    public KeySnapshot? Known => Volatile.Read(ref _snapshot);

    /// <summary>The ring, at most one refresh interval old while the store can be reached, at most the stale budget while it cannot.</summary>
    /// <exception cref="RewtKeysUnavailableException">There is no such view.</exception>
    public ValueTask<KeySnapshot> GetAsync(CancellationToken cancellationToken) =>
        Fresh is { } snapshot ? ValueTask.FromResult(snapshot) : GetSlowAsync(cancellationToken);

    /// <summary>The ring from a read that began after this call; calls share reads, of which there are at most two a second.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store cannot be reached, or too many wait.</exception>
    public async Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        Start();
        var asked = Moment.Now(_time);
        Exception? failure;
        do
        {
            var pending = Volatile.Read(ref _next);
            Look();
            await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
            if (!IsFailing(out failure)) return await GetAsync(cancellationToken).ConfigureAwait(false);
        }
        while (asked.Elapsed(_time) < RecoveryPatience);

        throw Unavailable(failure);
    }

    /// <summary>The book of live instances.</summary>
    public InstanceRoll Roll => _roll;

    /// <summary>Who disposes synchronously cannot wait; the connections are closed all the same.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _ = Task.Run(async () => await DisposeAsync().ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (_loop is { } loop) await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_failure is null) await _roll.LeaveAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<KeySnapshot> GetSlowAsync(CancellationToken cancellationToken)
    {
        Start();
        var asked = Moment.Now(_time);
        while (!IsFailing(out _) && !IsNew(asked))
        {
            if (asked.Elapsed(_time) > ReadLimit) throw Unavailable(null);
            var pending = Volatile.Read(ref _inFlight) ?? Volatile.Read(ref _next);
            Look();
            await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        }

        var snapshot = Volatile.Read(ref _snapshot);
        if (snapshot is null || snapshot.Age(Moment.Now(_time)) > _staleBudget) throw Unavailable(Volatile.Read(ref _failure)?.Exception);
        if (snapshot.Problem is { } problem) throw Unusable(problem);
        if (snapshot.Age(Moment.Now(_time)) > _refreshInterval) Metrics.ServedStale();
        return snapshot;
    }

    /// <summary>Young enough, or from a read that began after <paramref name="asked"/>. One that was under way may be as old as a pause of the process.</summary>
    private bool IsNew(Moment asked)
    {
        var now = Moment.Now(_time);
        return Volatile.Read(ref _snapshot) is { } snapshot && (snapshot.Age(now) <= _refreshInterval || snapshot.IsSince(asked, now));
    }

    /// <summary>The time that a read may take, after which it counts as lost.</summary>
    private TimeSpan ReadLimit => PendingRead.Limit(isFirst: Known is null);

    /// <summary>Asks the loop to read soon.</summary>
    private void Look()
    {
        Volatile.Write(ref _wanted, true);
        _wake.Writer.TryWrite(true);
    }

    private async Task WaitAsync(PendingRead pending, CancellationToken cancellationToken)
    {
        try
        {
            await pending.WaitAsync(ReadLimit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw Unavailable(exception);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (UntilCycle() <= TimeSpan.Zero)
            {
                var snapshot = await CycleAsync(null, cancellationToken).ConfigureAwait(false);
                if (snapshot is not null)
                {
                    _clock.Look(snapshot);
                    await _roll.AnnounceAsync(snapshot, cancellationToken).ConfigureAwait(false);
                }

                if (!_subscribed && _failure is null) await TrySubscribeAsync(cancellationToken).ConfigureAwait(false);
            }

            var wait = UntilCycle();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan UntilCycle()
    {
        var poll = Volatile.Read(ref _due) is { } due ? due.Pause - due.From.Elapsed(_time) : TimeSpan.Zero;
        if (!Volatile.Read(ref _wanted)) return poll;
        var wanted = _budget.UntilFree();
        return wanted < poll ? wanted : poll;
    }

    /// <summary>One turn of reading and writing. The loop and an operator's command take turns, so no two reads overlap.</summary>
    private async Task<KeySnapshot?> CycleAsync(KeyCommand? command, CancellationToken cancellationToken, bool isExtra = false)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _wanted, false);
        var pending = Interlocked.Exchange(ref _next, new PendingRead());
        Volatile.Write(ref _inFlight, pending);
        if (!isExtra) _budget.Spend();
        var began = Moment.Now(_time);
        using var activity = RewtActivity.Fetch(Name);
        Exception? failed = null;
        try
        {
            var snapshot = await _source.UpdateAsync(_snapshot, command, cancellationToken).ConfigureAwait(false);
            if (snapshot is not null) Volatile.Write(ref _snapshot, snapshot);
            if (Interlocked.Exchange(ref _failure, null) is not null)
            {
                // Whoever cut the reads may have cut the pushes.
                _subscribed = false;
                LogBack(Name);
            }

            _overran = false;
            NextCycleIn(snapshot is null ? RegressionPause : PollPause(snapshot));
            return snapshot;
        }
        catch (Exception exception)
        {
            failed = exception;
            activity.Fail(exception);
            if (command is not null || cancellationToken.IsCancellationRequested) throw;

            // A process that was stopped meanwhile has learned nothing of the server: it looks again before it calls this an outage.
            _overran = !_overran && began.Elapsed(_time) > ReadLimit;
            if (_overran)
            {
                NextCycleIn(TimeSpan.Zero);
                return null;
            }

            if (Interlocked.Exchange(ref _failure, new Failure(Moment.Now(_time), exception)) is null) LogAway(Name, exception);
            NextCycleIn(RetryPause * (1 + (Random.Shared.NextDouble() / 2)));
            return null;
        }
        finally
        {
            Volatile.Write(ref _inFlight, null);
            pending.Complete();
            _turn.Release();
            if (failed is not OperationCanceledException) Metrics.Refreshed(began.Elapsed(_time), failed);
        }
    }

    private void NextCycleIn(TimeSpan pause) => Volatile.Write(ref _due, new Due(Moment.Now(_time), pause));

    private TimeSpan PollPause(KeySnapshot snapshot)
    {
        // With the default interval a read that gets no answer has failed before anybody would wait for it.
        var poll = _refreshInterval * (0.6 + (Random.Shared.NextDouble() * 0.16));
        var rotation = snapshot.UntilRotation(Moment.Now(_time));
        if (rotation <= TimeSpan.Zero) return poll;

        if (rotation >= poll) return poll;

        // Spread over a part of the lead, so that a fleet does not read in the same millisecond.
        rotation += TimeSpan.FromMilliseconds(_schedule.Lead * 0.25 * Random.Shared.NextDouble());
        return rotation < poll ? rotation : poll;
    }

    private async Task TrySubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _source.SubscribeAsync(Look, cancellationToken).ConfigureAwait(false);
            _subscribed = true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoPush(Name, exception);
        }
    }
}
