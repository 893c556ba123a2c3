using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The tenants' key rings of a namespace in an LRU cache. Verifying reads existing rings and creates none; signing creates and rotates them.
/// </summary>
internal sealed class TenantRings : IAsyncDisposable, IDisposable
{
    private readonly RewtOptions _options;
    private readonly ITenantStore _store;
    private readonly RingSchedule _schedule;
    private readonly TenantReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FastConcurrentLru<string, TenantRing> _rings;
    private readonly TenantKeyIndex _index;

    public TenantRings(RewtOptions options, ITenantStore store, TimeProvider time, ILogger logger)
    {
        (_options, _store, _time, _logger) = (options, store, time, logger);
        _schedule = RingSchedule.From(options);
        _rings = new FastConcurrentLru<string, TenantRing>(options.TenantCacheSize);
        _index = new TenantKeyIndex(options.TenantCacheSize, (tenant, keyId) => Known(tenant)?.Holds(keyId) == true, logger);
        _reader = new TenantReader(options, store, Open, time, logger) { OnHint = Hint };
    }

    /// <summary>The namespace.</summary>
    public string Name => _options.Namespace;

    public void Start() => _reader.Start();

    /// <summary>Returns the name of a tenant's ring.</summary>
    public string RingOf(string tenant) => TenantName.RingOf(Name, tenant);

    /// <summary>Returns a tenant's last snapshot, whatever its age.</summary>
    public RingSnapshot? Known(string tenant) => _rings.TryGet(tenant, out var ring) ? ring.Known : null;

    /// <summary>Returns a tenant's snapshot if it can be used now without waiting.</summary>
    public RingSnapshot? FreshAt(string tenant, ClockReading now)
    {
        if (!_rings.TryGet(tenant, out var ring)) return null;

        ring.Use();
        return ring.FreshAt(now, _options.RefreshInterval);
    }

    /// <summary>Returns a tenant's snapshot if it can be used without waiting, including a stale one during an outage.</summary>
    public RingSnapshot? Usable(string tenant)
    {
        var now = ClockReading.Now(_time);
        return FreshAt(tenant, now) ?? (_rings.TryGet(tenant, out var ring) && IsFailing(ring) && ring.Known is { Problem: null } known && known.Age(now) <= _options.StaleBudget ? known : null);
    }

    /// <summary>Gets the keys of a tenant that may verify; an empty list for a key that is unknown, revoked or shared with another tenant.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    public ValueTask<IReadOnlyList<SecurityKey>> ResolveAsync(string tenant, string? keyId, CancellationToken cancellationToken) =>
        keyId is not null && AtHand(tenant, keyId, ClockReading.Now(_time)) is { } known
            ? ValueTask.FromResult(known)
            : ResolveSlowAsync(tenant, keyId, cancellationToken);

    /// <summary>Resolves from the cached ring without waiting; <see langword="null"/> when a refresh is necessary.</summary>
    public IReadOnlyList<SecurityKey>? AtHand(string tenant, string keyId, ClockReading now) =>
        FreshAt(tenant, now)?.Known(null, keyId, now) is { } known ? (_index.IsShared(keyId) ? [] : known) : null;

    /// <summary>Gets the ring of a tenant; <see langword="null"/> where the tenant does not exist.</summary>
    /// <exception cref="RewtKeysUnavailableException">The ring is unavailable.</exception>
    public ValueTask<RingSnapshot?> GetAsync(string tenant, CancellationToken cancellationToken) =>
        FreshAt(tenant, ClockReading.Now(_time)) is { } snapshot ? ValueTask.FromResult<RingSnapshot?>(snapshot) : GetSlowAsync(tenant, cancellationToken);

    /// <summary>
    /// Gets the ring of a tenant from a read that began after this call. At most two such reads a second are made for all tenants together.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The ring is unavailable.</exception>
    public async Task<RingSnapshot?> RefreshAsync(string tenant, CancellationToken cancellationToken)
    {
        if (!_rings.TryGet(tenant, out var ring)) return await GetSlowAsync(tenant, cancellationToken).ConfigureAwait(false);

        ring.Use();
        var round = await _reader.AskAsync(tenant, ring, cancellationToken).ConfigureAwait(false);
        if ((round.Failure ?? ring.Failure?.Exception) is { } failure) throw Unavailable(tenant, failure);
        return Checked(tenant, ring);
    }

    /// <summary>Gets the ring of a tenant with a key to sign with. The ring is created, rotated or repaired first if that is due.</summary>
    /// <exception cref="RewtKeysUnavailableException">The ring is unavailable.</exception>
    public async ValueTask<RingSnapshot> GetSigningAsync(string tenant, CancellationToken cancellationToken)
    {
        if (FreshAt(tenant, ClockReading.Now(_time)) is { } fresh && IsTended(fresh)) return fresh;

        _reader.Start();
        var ring = Open(tenant);
        ring.Use();
        Exception? failure = null;
        if (IsFailing(ring)) _reader.ReadSoon(tenant, ring);
        else failure = await TendAsync(ring, cancellationToken).ConfigureAwait(false);
        return Checked(tenant, ring) ?? throw Unavailable(tenant, failure ?? _reader.Failure?.Exception);
    }

    /// <summary>Creates a tenant's ring if there is none.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    public async Task CreateAsync(string tenant, CancellationToken cancellationToken)
    {
        _reader.Start();
        var ring = Open(tenant);
        if (await TendAsync(ring, cancellationToken).ConfigureAwait(false) is { } failure) throw Unchanged(tenant, failure);
        if (Checked(tenant, ring) is not { Current: not null }) throw Unchanged(tenant, null);
    }

    /// <summary>Revokes all keys of a tenant; a new key follows.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    public Task RevokeAsync(string tenant, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, (reading, dead) => RotationPolicy.RevokeAll(reading, _schedule, dead, Secret.Generate), cancellationToken);

    /// <summary>Revokes all keys of a tenant and deletes its ring.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis is unreachable or refuses the write.</exception>
    public Task DeleteAsync(string tenant, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, (reading, dead) => RotationPolicy.Delete(reading, _schedule, dead, Secret.Generate), cancellationToken);

    /// <summary>The health by the last read. It sends the server no command.</summary>
    public RingHealth Health()
    {
        if (_reader.Failure is not { } failure) return new RingHealth(true, null);
        var canServe = failure.Since.Elapsed(_time) <= _options.StaleBudget;
        return new RingHealth(canServe, $"The tenants' key rings of '{Name}' cannot be read ({RingHealth.Cause(failure.Exception)}). Check Redis and Rewt:Redis.");
    }

    /// <summary>Reads the cached rings at once, without using the read budget: see <see cref="PolledView{T}.ReadNowAsync"/>.</summary>
    public async Task ReadNowAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, ring) in _rings) await ring.ObserveAsync(cancellationToken).ConfigureAwait(false);
        await _store.FindAsync([], cancellationToken).ConfigureAwait(false);
        _reader.Report(null);
    }

    public void Dispose() => _ = Task.Run(async () => await DisposeAsync().ConfigureAwait(false));

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<RingSnapshot?> GetSlowAsync(string tenant, CancellationToken cancellationToken)
    {
        _reader.Start();
        var asked = ClockReading.Now(_time);
        _rings.TryGet(tenant, out var ring);
        while (true)
        {
            if (IsFailing(ring)) break;

            if (ring is null)
            {
                var round = await _reader.AskAsync(tenant, null, cancellationToken).ConfigureAwait(false);
                if (round.Failure is { } failure) throw Unavailable(tenant, failure);
                ring = round.Tenants[tenant];
                if (ring is null) return null;
            }
            else
            {
                await _reader.ReadAsync(ring, cancellationToken).ConfigureAwait(false);
            }

            var now = ClockReading.Now(_time);
            if (ring.Known is { } held && (held.Age(now) <= _options.RefreshInterval || held.IsSince(asked, now))) break;
            if (asked.Elapsed(_time) > _reader.ReadLimit) throw Unavailable(tenant, null);
        }

        if (IsFailing(ring)) _reader.ReadSoon(tenant, ring);
        return ring is null ? throw Unavailable(tenant, _reader.Failure?.Exception) : Checked(tenant, ring);
    }

    private async ValueTask<IReadOnlyList<SecurityKey>> ResolveSlowAsync(string tenant, string? keyId, CancellationToken cancellationToken)
    {
        var asked = ClockReading.Now(_time);
        if (await GetAsync(tenant, cancellationToken).ConfigureAwait(false) is not { } snapshot) return [];
        if (keyId is null) return [.. snapshot.KeylessKeys(ClockReading.Now(_time)).Where(key => !_index.IsShared(key.KeyId))];

        var known = snapshot.Known(null, keyId, ClockReading.Now(_time));
        // A snapshot that is newer than this call needs no further read.
        if (known is null && !snapshot.IsSince(asked, ClockReading.Now(_time)))
        {
            known = (await RefreshAsync(tenant, cancellationToken).ConfigureAwait(false))?.Known(null, keyId, ClockReading.Now(_time));
        }

        return known is null || _index.IsShared(keyId) ? [] : known;
    }

    private async Task<Exception?> TendAsync(TenantRing ring, CancellationToken cancellationToken)
    {
        try
        {
            await ring.TendAsync(cancellationToken).ConfigureAwait(false);
            _reader.Report(null);
            _reader.Poll(ring);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (exception is not InvalidOperationException and not RewtKeysUnavailableException) _reader.Report(exception);
            return exception;
        }
    }

    private async Task ChangeAsync(
        string tenant, Func<RingReading, IReadOnlyDictionary<string, long>, RingChange?> command, CancellationToken cancellationToken)
    {
        _reader.Start();
        // A tenant that is not in the cache is not added to it.
        var ring = _rings.TryGet(tenant, out var held) ? held : Create(tenant);
        try
        {
            await ring.ChangeAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            throw Unchanged(tenant, exception);
        }
    }

    /// <summary>Whether no write is due.</summary>
    private bool IsTended(RingSnapshot snapshot) =>
        snapshot.WriteRefusal is not null || (!snapshot.IsUntended && (snapshot.IsDegraded || snapshot.UntilRotation(ClockReading.Now(_time)) > TimeSpan.Zero));

    private bool IsFailing(TenantRing? ring) => _reader.IsFailing || ring?.Failure?.IsRecent(_time) == true;

    /// <summary>Returns the last snapshot, or throws if it may not be used.</summary>
    private RingSnapshot? Checked(string tenant, TenantRing ring)
    {
        var snapshot = ring.Known;
        if (snapshot is null || snapshot.Age(ClockReading.Now(_time)) > _options.StaleBudget) throw Unavailable(tenant, ring.Failure?.Exception ?? _reader.Failure?.Exception);
        return snapshot.Problem is { } problem
            ? throw new RewtKeysUnavailableException($"The key '{RingOf(tenant)}:rewt-secret' cannot be used: {problem}.", TimeSpan.FromSeconds(5))
            : snapshot;
    }

    /// <summary>
    /// Handles a push message. A ring in use is refreshed as the read budget permits, because the message may be false; an unused ring is read at its
    /// next use.
    /// </summary>
    private void Hint(string tenant)
    {
        if (!Names.IsName(tenant) || !_rings.TryGet(tenant, out var ring)) return;
        if (_reader.IsActive(ring)) _reader.AskSoon(ring);
        else ring.UnresolvedReason();
    }

    private TenantRing Open(string tenant) => _rings.GetOrAdd(tenant, Create);

    private TenantRing Create(string tenant) =>
        new(tenant, new RingUpdater(RingOf(tenant), _store.Ring(tenant), _schedule, _time, _logger), _index, _time);

    private RewtKeysUnavailableException Unavailable(string tenant, Exception? exception) => new(
        $"The keys of the tenant '{tenant}' of '{Name}' are unavailable: Redis cannot be reached or does not answer. Check Rewt:Redis. See the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);

    private RewtKeysUnavailableException Unchanged(string tenant, Exception? exception) => new(
        $"The key ring '{RingOf(tenant)}' was not changed: Redis cannot be reached or refuses the write. See the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);
}
