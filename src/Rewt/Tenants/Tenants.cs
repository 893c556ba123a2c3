using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The tenants of a namespace on this instance. Their keys are derived from the secrets of the namespace, so only revoked and deleted tenants are
/// stored. A tenant enters the cache after a valid signature or when this instance signs for it, and then follows the store: a read of the ring that
/// finds another stamp reads the states of all cached tenants with one command, before the ring's snapshot is used.
/// </summary>
internal sealed partial class Tenants(RewtOptions options, KeyRingProvider ring, ITenantStore store, TimeProvider time, ILogger logger)
{
    /// <summary>How often the states are read even if the stamp has not changed, in case they were changed by hand or evicted.</summary>
    private static readonly TimeSpan WholeReadInterval = TimeSpan.FromSeconds(30);

    private readonly RingSchedule _schedule = RingSchedule.From(options);
    private readonly FastConcurrentLru<string, Tenant> _cache = new(options.TenantCacheSize);
    private readonly Lock _gate = new();

    /// <summary>The tenants of the next read; <see langword="null"/> when no request waits for one.</summary>
    private HashSet<string>? _asked;

    private Task<Dictionary<string, Tenant>>? _answer;
    private string? _stamp;
    private ClockReading _checkedAt;

    /// <summary>The number of the last completed check of the store. A tenant read in an earlier check must be read again.</summary>
    private long _check;

    /// <summary>The number of the check that has begun last. A tenant that is read from now on sees at least what this check sees.</summary>
    private long _begun;

    /// <summary>Returns a tenant if its state is known as well as the ring's snapshot.</summary>
    public Tenant? Known(string tenant) => _cache.TryGet(tenant, out var known) && known.Check >= Volatile.Read(ref _check) ? known : null;

    /// <summary>Gets a tenant. One that is not known is read from the store. Requests that come during a read share the next one.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable.</exception>
    public ValueTask<Tenant> GetAsync(string tenant, CancellationToken cancellationToken) =>
        Known(tenant) is { } known ? ValueTask.FromResult(known) : AskAsync(tenant, cancellationToken);

    /// <summary>Returns the keys that verify without waiting; <see langword="null"/> where a read may be necessary.</summary>
    public IReadOnlyList<SecurityKey>? AtHand(string tenant, string keyId, ClockReading now)
    {
        if (ring.FreshAt(now) is not { } snapshot || Known(tenant) is not { } known || known.Find(keyId) is not { } key) return null;
        if (snapshot.Find(key.SecretId, now) is null) return null;
        return IsValid(known, key.Generation) ? key.Signer.Candidates : [];
    }

    /// <summary>Derives the key of a token whose signature is not verified yet. A key that is known to be revoked is left out.</summary>
    public IReadOnlyList<SecurityKey> Derive(string tenant, Secret secret, long generation)
    {
        var known = Known(tenant);
        if (known is not null && !IsValid(known, generation)) return [];
        return (known?.Find(secret.KeyId, generation) ?? NewKey(tenant, secret, generation)).Signer.Candidates;
    }

    /// <summary>Returns whether the generation of a key that has verified a signature is valid.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable.</exception>
    public async ValueTask<bool> ConfirmAsync(TenantSecurityKey key, CancellationToken cancellationToken)
    {
        var tenant = await GetAsync(key.Tenant, cancellationToken).ConfigureAwait(false);
        tenant.Keep(key);
        return IsValid(tenant, key.Generation);
    }

    /// <summary>Returns the tenant's key to sign with for a key of the ring.</summary>
    public SigningKey SigningKey(Tenant tenant, RingKey key)
    {
        var generation = tenant.Generation.At;
        return (tenant.Find(key.KeyId, generation) ?? tenant.Keep(NewKey(tenant.Name, key.Secret, generation))).Signer;
    }

    /// <summary>
    /// Reads the states of the cached tenants if the ring's reading shows that some may have changed. A change that this instance knows and the store
    /// has lost is written back.
    /// </summary>
    public async Task FollowAsync(RingSnapshot snapshot, CancellationToken cancellationToken)
    {
        var stamp = snapshot.Reading.TenantStamp;
        if (stamp == _stamp && _checkedAt.Elapsed(time) < WholeReadInterval) return;

        var began = ClockReading.Now(time);
        // Before the cache is listed: a tenant that is read meanwhile is either in the list or read after this moment.
        var check = Interlocked.Increment(ref _begun);
        var tenants = _cache.Select(entry => entry.Value).ToList();
        if (tenants.Count > 0) await ReadAsync(tenants, check, snapshot.ReadAt, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _check, check);
        (_stamp, _checkedAt) = (stamp, began);
    }

    /// <summary>Changes the state of a tenant.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable or refuses the write.</exception>
    public async Task ChangeAsync(string tenant, Func<TenantGeneration, long, TenantGeneration> change, CancellationToken cancellationToken)
    {
        var now = (await ring.GetAsync(cancellationToken).ConfigureAwait(false)).StoreTime(ClockReading.Now(time));
        try
        {
            var check = Volatile.Read(ref _begun);
            var known = _cache.TryGet(tenant, out var cached) ? cached.Generation : default;
            var state = await store.ChangeAsync(tenant, known, before => change(before, now), ForgetBefore(now), cancellationToken).ConfigureAwait(false);
            _cache.GetOrAdd(tenant, static name => new Tenant(name)).Learn(state, check, ForgetBefore(now));
            LogChanged(ring.Name, tenant, state.At, state.IsDeleted);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"The tenant '{tenant}' of '{ring.Name}' was not changed: Redis cannot be reached or refuses the write. See the inner exception.", TimeSpan.FromSeconds(2), exception);
        }
    }

    private TenantSecurityKey NewKey(string tenant, Secret secret, long generation) => new(this, ring.Name, tenant, secret, generation);

    /// <summary>
    /// A signer may know of a revocation before this instance does, so a newer generation is valid too: only a holder of the secret can derive its
    /// key. Once no secret from before the last change can verify, the change is without effect.
    /// </summary>
    private bool IsValid(Tenant tenant, long generation)
    {
        var (at, isDeleted) = tenant.Generation;
        return !isDeleted && (generation >= at || ring.Known!.StoreTime(ClockReading.Now(time)) > at + _schedule.TenantRetention);
    }

    private long ForgetBefore(long now) => _schedule.ForgetTenantsBefore(now);

    private async Task ReadAsync(List<Tenant> tenants, long check, long now, CancellationToken cancellationToken)
    {
        var stored = await store.FindAsync(tenants.ConvertAll(tenant => tenant.Name), cancellationToken).ConfigureAwait(false);
        var lost = new List<TenantChange>();
        for (var i = 0; i < tenants.Count; i++)
        {
            var state = tenants[i].Learn(stored[i], check, ForgetBefore(now));
            if (state.IsNewerThan(stored[i])) lost.Add(new TenantChange(tenants[i].Name, stored[i], state));
        }

        if (lost.Count == 0) return;
        try
        {
            await store.WriteAsync(lost, ForgetBefore(now), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The changes stay in effect on this instance, and the next check tries again.
            LogNotWritten(ring.Name, lost.Count, exception);
        }
    }

    private async ValueTask<Tenant> AskAsync(string tenant, CancellationToken cancellationToken)
    {
        // During an outage requests do not queue for a server that the ring's own polls have found to be unavailable.
        if (ring.Outage is { } outage) throw Unavailable(tenant, outage);
        Task<Dictionary<string, Tenant>> answer;
        lock (_gate)
        {
            if (_asked is null) (_asked, _answer) = (new HashSet<string>(StringComparer.Ordinal), ReadAskedAsync(_answer ?? Task.CompletedTask));
            _asked.Add(tenant);
            answer = _answer!;
        }

        try
        {
            return (await answer.WaitAsync(cancellationToken).ConfigureAwait(false))[tenant];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(tenant, exception);
        }
    }

    /// <summary>Reads the tenants that were asked for until the previous read had ended.</summary>
    private async Task<Dictionary<string, Tenant>> ReadAskedAsync(Task previous)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        string[] names;
        lock (_gate) (names, _asked) = ([.. _asked!], null);

        var check = Volatile.Read(ref _begun);
        var stored = await store.FindAsync(names, CancellationToken.None).ConfigureAwait(false);
        var answer = new Dictionary<string, Tenant>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            answer[names[i]] = _cache.GetOrAdd(names[i], static name => new Tenant(name));
            answer[names[i]].Learn(stored[i], check, 0);
        }

        return answer;
    }

    private RewtKeysUnavailableException Unavailable(string tenant, Exception exception) => new(
        $"The state of the tenant '{tenant}' of '{ring.Name}' is unavailable: Redis cannot be reached or does not answer. Check Rewt:Redis. See the inner exception.",
        TimeSpan.FromSeconds(2),
        exception);

    [LoggerMessage(EventId = 20, EventName = "TenantChanged", Level = LogLevel.Information,
        Message = "The tenant {Tenant} of {Ring} has the generation {Generation} (deleted: {IsDeleted}). Tokens of earlier generations are refused.")]
    private partial void LogChanged(string ring, string tenant, long generation, bool isDeleted);

    [LoggerMessage(EventId = 21, EventName = "TenantsNotWritten", Level = LogLevel.Warning,
        Message = "Redis has lost the revocation or deletion of {Count} tenants of {Ring}, and it could not be written back. It stays in effect on this instance.")]
    private partial void LogNotWritten(string ring, int count, Exception exception);
}
