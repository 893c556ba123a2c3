using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

internal sealed partial class TenantReader
{
    /// <summary>Not a valid tenant name, so the read finds no tenant and only tests the connection.</summary>
    private const string Probe = "?";

    private bool _isSubscribed;
    private long _subscribeAt;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        _subscribeAt = _time.GetTimestamp();
        while (true)
        {
            if (!Volatile.Read(ref _isSubscribed) && Until(_subscribeAt) <= TimeSpan.Zero) await TrySubscribeAsync(cancellationToken).ConfigureAwait(false);

            var (stale, asked, polled) = Take();
            if (stale is null && asked is null && polled.Count == 0)
            {
                _timer.Change(UntilWork(), Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            await ReadAllAsync(stale, asked, polled, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the rings that must be read now.</summary>
    private (TenantRound? Stale, TenantRound? Asked, List<TenantRing> Polled) Take()
    {
        lock (_gate)
        {
            // During an outage, reads are attempted at intervals, whatever the number of requests.
            if (UntilRetry() > TimeSpan.Zero) return (null, null, []);

            TenantRound? stale = null;
            TenantRound? asked = null;
            if (_stale.Tenants.Count > 0) (stale, _stale) = (_stale, new TenantRound());
            if (_asked.Tenants.Count > 0 && UntilAsked() <= TimeSpan.Zero) (asked, _asked) = (_asked, new TenantRound());

            // Without requests, a probe detects the end of an outage, so that the health becomes correct again.
            if (stale is null && asked is null && UntilProbe() <= TimeSpan.Zero && _asked.TryAdd(Probe, null)) (asked, _asked) = (_asked, new TenantRound());

            var polled = new List<TenantRing>();
            while (_polls.TryPeek(out var ring, out var at) && Until(at) <= Slack)
            {
                _polls.Dequeue();
                ring.PollAt = null;
                if (IsActive(ring)) polled.Add(ring);
            }

            return (stale, asked, polled);
        }
    }

    private TimeSpan UntilWork()
    {
        lock (_gate)
        {
            var wait = Volatile.Read(ref _isSubscribed) ? Timeout.InfiniteTimeSpan : Until(_subscribeAt);
            if (_polls.TryPeek(out _, out var at)) wait = Sooner(wait, Until(at));
            if (_asked.Tenants.Count > 0) wait = Sooner(wait, UntilAsked());
            if (_stale.Tenants.Count > 0) wait = TimeSpan.Zero;
            if (Failure is not null) wait = Sooner(wait, UntilProbe());
            if (wait == Timeout.InfiniteTimeSpan) return wait;
            var retry = UntilRetry();
            return wait > retry ? wait : retry > TimeSpan.Zero ? retry : TimeSpan.Zero;
        }

        static TimeSpan Sooner(TimeSpan known, TimeSpan other) => known == Timeout.InfiniteTimeSpan || other < known ? other : known;
    }

    private TimeSpan UntilAsked()
    {
        var (budget, pace) = (_budget.UntilFree(), Until(_askedNotBefore));
        return budget > pace ? budget : pace;
    }

    private TimeSpan UntilProbe() => Failure is { } failure ? _refreshInterval - failure.At.Elapsed(_time) : TimeSpan.MaxValue;

    private TimeSpan UntilRetry() => Failure is { } failure ? RetryPause - failure.At.Elapsed(_time) : TimeSpan.Zero;

    private async Task ReadAllAsync(TenantRound? stale, TenantRound? asked, List<TenantRing> polled, CancellationToken cancellationToken)
    {
        var rings = new HashSet<TenantRing>(polled);
        try
        {
            if (stale is not null) rings.UnionWith(stale.Tenants.Values.OfType<TenantRing>());
            if (asked is not null) rings.UnionWith(await FindAsync(asked, cancellationToken).ConfigureAwait(false));
            foreach (var batch in rings.Chunk(BatchSize)) await ReadBatchAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Report(exception);
            stale?.Failure = exception;
            asked?.Failure = exception;
        }
        finally
        {
            lock (_gate)
            {
                foreach (var ring in rings) Schedule(ring);
            }

            stale?.Pending.Complete();
            asked?.Pending.Complete();
        }
    }

    /// <summary>Returns the rings of the requested tenants that exist. Searches for unknown tenants and repeated reads use the read budget.</summary>
    private async Task<IReadOnlyCollection<TenantRing>> FindAsync(TenantRound asked, CancellationToken cancellationToken)
    {
        var known = asked.Tenants.Values.OfType<TenantRing>().ToList();
        var unknown = asked.Tenants.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList();
        if (known.Count > 0) _budget.Spend();
        if (unknown.Count == 0) return Paced(known);

        var found = await _store.FindAsync(unknown, cancellationToken).ConfigureAwait(false);
        Report(null);
        if (known.Count == 0 && found.Count < unknown.Count) _budget.Spend();
        foreach (var tenant in found)
        {
            var ring = _open(tenant);
            asked.Found(ring);
            known.Add(ring);
        }

        return Paced(known);
    }

    private List<TenantRing> Paced(List<TenantRing> rings)
    {
        _askedNotBefore = _time.GetTimestamp() + (long)((Pace * rings.Count).TotalSeconds * _time.TimestampFrequency);
        return rings;
    }

    private async Task ReadBatchAsync(TenantRing[] batch, CancellationToken cancellationToken)
    {
        var failures = await Task.WhenAll(batch.Select(ring => ring.ObserveAsync(cancellationToken))).ConfigureAwait(false);
        // An error of one ring, such as a wrong type, must not affect the others.
        if (failures.All(failure => failure is not null and not InvalidOperationException)) throw failures[0]!;
        Report(null);
    }

    /// <summary>Schedules the next poll of a ring. The caller holds the lock.</summary>
    private void Schedule(TenantRing ring)
    {
        if (ring.PollAt is not null || ring.Known is { IsNothing: true } || !IsActive(ring)) return;

        var pause = _refreshInterval * (0.6 + (Random.Shared.NextDouble() * 0.16));
        var at = _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency);
        ring.PollAt = at;
        _polls.Enqueue(ring, at);
    }

    private TimeSpan Until(long timestamp) => -_time.GetElapsedTime(timestamp);

    private async Task TrySubscribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _store.SubscribeAsync(OnHint, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _isSubscribed, true);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _subscribeAt = _time.GetTimestamp() + (long)(_refreshInterval.TotalSeconds * _time.TimestampFrequency);
            LogNoPush(_name, exception);
        }
    }

    [LoggerMessage(EventId = 20, EventName = "TenantsAway", Level = LogLevel.Warning,
        Message = "The tenants' key rings of {Namespace} cannot be read. {Explanation} The known keys stay in use until the stale budget ends.")]
    private partial void LogAway(string @namespace, string explanation, Exception? exception);

    [LoggerMessage(EventId = 21, EventName = "TenantsBack", Level = LogLevel.Information, Message = "The tenants' key rings of {Namespace} can be read again.")]
    private partial void LogBack(string @namespace);

    [LoggerMessage(EventId = 22, EventName = "TenantsNoPush", Level = LogLevel.Warning,
        Message = "The tenants' key rings of {Namespace} receive no push messages. Changes are detected by polling, and the subscription is repeated.")]
    private partial void LogNoPush(string @namespace, Exception exception);
}
