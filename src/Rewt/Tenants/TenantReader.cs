using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The one loop that reads all tenants' rings, in batches. It reads rings in use at every poll and rings with unknown keys as the read budget
/// permits; unused rings are not read. It never writes.
/// </summary>
internal sealed partial class TenantReader : IAsyncDisposable
{
    /// <summary>The number of rings that are read concurrently.</summary>
    private const int BatchSize = 256;

    /// <summary>
    /// The pause for each ring that was read on request. It limits the reads that requests with many tenant names can cause to two thousand a second.
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(0.5);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly TimeSpan _refreshInterval;
    private readonly ITenantStore _store;
    private readonly Func<string, TenantRing> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReadBudget _budget;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TenantRing, long> _polls = new();
    private TenantRound _stale = new();
    private TenantRound _asked = new();
    private long _askedNotBefore;
    private TenantFailure? _failure;
    private bool _hasRead;
    private Task? _loop;

    /// <param name="options">The namespace's settings.</param>
    /// <param name="store">The store of the tenants' rings.</param>
    /// <param name="open">Opens and caches the ring of an existing tenant.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TenantReader(RewtOptions options, ITenantStore store, Func<string, TenantRing> open, TimeProvider time, ILogger logger)
    {
        (_name, _refreshInterval) = (options.Namespace, options.RefreshInterval);
        (_store, _open, _time, _logger) = (store, open, time, logger);
        _budget = new ReadBudget(time);
        _askedNotBefore = time.GetTimestamp();
        _timer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Handles a push message: the name of a changed tenant, unchecked.</summary>
    public required Action<string> OnHint { get; init; }

    /// <summary>The failure of the last command to the server; <see langword="null"/> when it succeeded.</summary>
    public TenantFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>The time limit of a read.</summary>
    public TimeSpan ReadLimit => PendingRead.Limit(isFirst: !Volatile.Read(ref _hasRead));

    public bool IsFailing => Failure?.IsRecent(_time) == true;

    /// <summary>How long after its last use a ring is polled. The next request after that waits for one read.</summary>
    private TimeSpan ActiveFor => 2 * _refreshInterval;

    /// <summary>Starts the loop. Further calls have no effect.</summary>
    /// <exception cref="ObjectDisposedException">The reader has been disposed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (Volatile.Read(ref _loop) is not null) return;
        lock (_gate) _loop ??= Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Reads a stale ring at once.</summary>
    public Task<TenantRound> ReadAsync(TenantRing ring, CancellationToken cancellationToken) =>
        JoinAsync(() => _stale, ring.Tenant, ring, cancellationToken);

    /// <summary>Searches for a tenant that this instance does not know, or refreshes a ring for an unknown key, as the read budget permits.</summary>
    public Task<TenantRound> AskAsync(string tenant, TenantRing? ring, CancellationToken cancellationToken) =>
        JoinAsync(() => _asked, tenant, ring, cancellationToken);

    /// <summary>Requests <see cref="ReadAsync"/>, or without a ring <see cref="AskAsync"/>, without waiting.</summary>
    public void ReadSoon(string tenant, TenantRing? ring)
    {
        lock (_gate) (ring is null ? _asked : _stale).TryAdd(tenant, ring);
        Wake();
    }

    /// <summary>Requests <see cref="AskAsync"/> without waiting.</summary>
    public void AskSoon(TenantRing ring)
    {
        lock (_gate) _asked.TryAdd(ring.Tenant, ring);
        Wake();
    }

    /// <summary>Polls a ring as long as it is in use.</summary>
    public void Poll(TenantRing ring)
    {
        lock (_gate) Schedule(ring);
        Wake();
    }

    public bool IsActive(TenantRing ring) => ring.Idle < ActiveFor;

    /// <summary>Records the result of a command to the server.</summary>
    public void Report(Exception? exception)
    {
        if (exception is null) Volatile.Write(ref _hasRead, true);
        var now = ClockReading.Now(_time);
        var before = Interlocked.Exchange(ref _failure, exception is null ? null : new TenantFailure(now, Failure?.Since ?? now, exception));
        if (exception is not null && before is null) LogAway(_name, RingHealth.Explanation(exception) ?? "See the exception.", RingHealth.Unexplained(exception));
        if (exception is not null || before is null) return;

        // The outage may have ended the subscription too.
        Volatile.Write(ref _isSubscribed, false);
        LogBack(_name);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (_loop is { } loop) await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task<TenantRound> JoinAsync(Func<TenantRound> next, string tenant, TenantRing? ring, CancellationToken cancellationToken)
    {
        Start();
        TenantRound round;
        lock (_gate)
        {
            round = next();
            if (!round.TryAdd(tenant, ring)) throw new RewtKeysUnavailableException("Too many requests are waiting for the keys of tenants.", TimeSpan.FromSeconds(1));
        }

        Wake();
        return await round.Pending.WaitAsync(ReadLimit, _time, cancellationToken).ConfigureAwait(false)
            ? round
            : throw new RewtKeysUnavailableException($"The keys of a tenant of '{_name}' could not be read in time.", TimeSpan.FromSeconds(1));
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
