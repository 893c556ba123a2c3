using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Keeps the apps of a namespace in memory: a loop of its own polls and follows pushes; requests read its last snapshot and wait for it only
/// when that is too old or lacks a key.
/// </summary>
internal sealed partial class AppKeeper : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly string _name;
    private readonly TimeSpan _refreshInterval;
    private readonly TimeSpan _staleBudget;
    private readonly IAppStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReadBudget _budget;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Lock _starting = new();
    private Task? _loop;
    private PendingRead _next = new();
    private PendingRead? _inFlight;
    private AppSnapshot? _snapshot;
    private Failure? _failure;
    private bool _wanted;
    private bool _subscribed;

    public AppKeeper(RewtOptions options, IAppStore store, TimeProvider time, ILogger<AppKeeper> logger)
    {
        (_name, _refreshInterval, _staleBudget) = (options.Namespace, options.RefreshInterval, options.StaleBudget);
        (_store, _time, _logger) = (store, time, logger);
        _budget = new ReadBudget(time);
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private AppSnapshot? Fresh => Volatile.Read(ref _snapshot) is { } snapshot && snapshot.Age(Moment.Now(_time)) <= _refreshInterval ? snapshot : null;

    /// <summary>Begins to keep the apps; harmless when it has begun.</summary>
    /// <exception cref="ObjectDisposedException">The keeper is closed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (_loop is not null) return;
        // On the pool from its first step: a connection that the application's own factory opens may block.
        lock (_starting) _loop ??= Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>The apps, at most one refresh interval old while the store can be reached, at most the stale budget while it cannot.</summary>
    /// <exception cref="RewtKeysUnavailableException">There is no such view.</exception>
    public ValueTask<AppSnapshot> GetAsync(CancellationToken cancellationToken) =>
        Fresh is { } snapshot ? ValueTask.FromResult(snapshot) : GetSlowAsync(cancellationToken);

    /// <summary>The apps from a read that began after this call; calls share reads, of which there are at most two a second.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store cannot be reached, or too many wait.</exception>
    public async Task<AppSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        Start();
        var pending = Volatile.Read(ref _next);
        Look();
        await WaitAsync(pending, cancellationToken).ConfigureAwait(false);
        return IsFailing(out var exception) ? throw Unavailable(exception) : await GetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who disposes synchronously cannot wait; the loop ends all the same.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _timer.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (_loop is { } loop) await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<AppSnapshot> GetSlowAsync(CancellationToken cancellationToken)
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
        return snapshot is not null && snapshot.Age(Moment.Now(_time)) <= _staleBudget ? snapshot : throw Unavailable(Volatile.Read(ref _failure)?.Exception);
    }

    /// <summary>Young enough, or from a read that began after <paramref name="asked"/>. One that was under way may be as old as a pause of the process.</summary>
    private bool IsNew(Moment asked)
    {
        // One look at the clocks for both: a pause between two would make an old read look like a new one.
        var now = Moment.Now(_time);
        return Volatile.Read(ref _snapshot)?.Age(now) is { } age && (age <= _refreshInterval || age <= now.Since(asked));
    }

    /// <summary>The time that a read may take, after which it counts as lost.</summary>
    private TimeSpan ReadLimit => PendingRead.Limit(isFirst: Volatile.Read(ref _snapshot) is null);

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
        var (from, pause) = (Moment.Now(_time), TimeSpan.Zero);
        while (true)
        {
            var wait = pause - from.Elapsed(_time);
            if (Volatile.Read(ref _wanted) && _budget.UntilFree() is var free && free < wait) wait = free;
            if (wait > TimeSpan.Zero)
            {
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            from = Moment.Now(_time);
            var succeeded = await CycleAsync(from, cancellationToken).ConfigureAwait(false);
            // With the default interval a read that gets no answer has failed before anybody would wait for it.
            pause = succeeded
                ? _refreshInterval * (0.6 + (Random.Shared.NextDouble() * 0.16))
                : RetryPause * (1 + (Random.Shared.NextDouble() / 2));
            if (succeeded && !_subscribed) await TrySubscribeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> CycleAsync(Moment began, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _wanted, false);
        var pending = Interlocked.Exchange(ref _next, new PendingRead());
        Volatile.Write(ref _inFlight, pending);
        _budget.Spend();
        try
        {
            var reading = await _store.ReadAsync(_snapshot?.Reading, cancellationToken).ConfigureAwait(false);
            var revoked = _snapshot?.Revoked ?? ImmutableHashSet<string>.Empty.WithComparer(StringComparer.Ordinal);
            if (reading != _snapshot?.Reading)
            {
                revoked = revoked.Union(reading.Apps.Values.SelectMany(app => app.Keys).Where(key => key.Revoked is not null).Select(key => key.Id));
            }

            Volatile.Write(ref _snapshot, new AppSnapshot(reading, revoked, began));
            if (Interlocked.Exchange(ref _failure, null) is not null)
            {
                // Whoever cut the reads may have cut the pushes.
                _subscribed = false;
                LogBack(_name);
            }

            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _failure, new Failure(Moment.Now(_time), exception)) is null) LogAway(_name, exception);
            return false;
        }
        finally
        {
            Volatile.Write(ref _inFlight, null);
            pending.Complete();
        }
    }

    private async Task TrySubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _store.SubscribeAsync(Look, cancellationToken).ConfigureAwait(false);
            _subscribed = true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoPush(_name, exception);
        }
    }

    private bool IsFailing(out Exception? exception)
    {
        var failure = Volatile.Read(ref _failure);
        exception = failure?.Exception;
        return failure is not null && failure.At.Elapsed(_time) < ReadLimit;
    }

    private RewtKeysUnavailableException Unavailable(Exception? exception) => new(
        $"The trusted apps of '{_name}' cannot be had: Redis cannot be reached or does not answer. See Rewt:Redis and the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);

    private sealed record Failure(Moment At, Exception Exception);
}
