using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The one loop that reads the rings of all tenants, in batches: those in use at every poll, those that somebody asks about as the budget allows,
/// and none that nobody uses. It never writes.
/// </summary>
internal sealed partial class TenantReader : IAsyncDisposable
{
    /// <summary>How many rings are read at once.</summary>
    private const int BatchSize = 256;

    /// <summary>What one ring that was asked about costs, so that naming many tenants costs at most two thousand reads a second.</summary>
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
    /// <param name="store">The rings.</param>
    /// <param name="open">Gives the ring of a tenant that exists, to be held from now on.</param>
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

    /// <summary>What another instance says to have changed.</summary>
    public required Action<string> OnHint { get; init; }

    /// <summary>The server's trouble when it was last asked; <see langword="null"/> when it answered.</summary>
    public TenantFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>The time that a read may take, after which it counts as lost.</summary>
    public TimeSpan ReadLimit => PendingRead.Limit(isFirst: !Volatile.Read(ref _hasRead));

    public bool IsFailing => Failure?.IsRecent(_time) == true;

    /// <summary>A ring that is not used for so long is not polled: whoever uses it next waits for one read.</summary>
    private TimeSpan ActiveFor => 2 * _refreshInterval;

    /// <summary>Begins; harmless when it has begun.</summary>
    /// <exception cref="ObjectDisposedException">The reader is closed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (Volatile.Read(ref _loop) is not null) return;
        lock (_gate) _loop ??= Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Reads a ring that is too old, at once.</summary>
    public Task<TenantRound> ReadAsync(TenantRing ring, CancellationToken cancellationToken) =>
        JoinAsync(() => _stale, ring.Tenant, ring, cancellationToken);

    /// <summary>Looks for a tenant that this instance does not know, or for a key that its ring lacks: as the budget allows.</summary>
    public Task<TenantRound> AskAsync(string tenant, TenantRing? ring, CancellationToken cancellationToken) =>
        JoinAsync(() => _asked, tenant, ring, cancellationToken);

    /// <summary>As <see cref="ReadAsync"/> or, without a ring, <see cref="AskAsync"/> for one who does not wait.</summary>
    public void ReadSoon(string tenant, TenantRing? ring)
    {
        lock (_gate) (ring is null ? _asked : _stale).TryAdd(tenant, ring);
        Wake();
    }

    /// <summary>As <see cref="AskAsync"/> for one who does not wait.</summary>
    public void AskSoon(TenantRing ring)
    {
        lock (_gate) _asked.TryAdd(ring.Tenant, ring);
        Wake();
    }

    /// <summary>Keeps a ring up to date as long as it is used.</summary>
    public void Poll(TenantRing ring)
    {
        lock (_gate) Schedule(ring);
        Wake();
    }

    public bool IsActive(TenantRing ring) => ring.Idle < ActiveFor;

    /// <summary>What became of a command to the server.</summary>
    public void Report(Exception? exception)
    {
        if (exception is null) Volatile.Write(ref _hasRead, true);
        var now = Moment.Now(_time);
        var before = Interlocked.Exchange(ref _failure, exception is null ? null : new TenantFailure(now, Failure?.Since ?? now, exception));
        if (exception is not null && before is null) LogAway(_name, exception);
        if (exception is not null || before is null) return;

        // Whoever cut the reads may have cut the pushes.
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
            if (!round.TryAdd(tenant, ring)) throw new RewtKeysUnavailableException("Too many requests wait for tenants' keys.", TimeSpan.FromSeconds(1));
        }

        Wake();
        try
        {
            await round.Pending.WaitAsync(ReadLimit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new RewtKeysUnavailableException($"The keys of a tenant of '{_name}' could not be read in time.", TimeSpan.FromSeconds(1), exception);
        }

        return round;
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
