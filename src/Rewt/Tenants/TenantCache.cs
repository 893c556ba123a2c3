using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Caches the states of the tenants of a namespace, and the keys that are derived for them. A tenant is added to the cache when this instance signs
/// for it, or verifies a signature of one of its tokens. A tenant is read again when a new <see cref="RingReading.TenantStamp"/> shows that it has
/// changed.
/// </summary>
internal sealed partial class TenantCache(RewtOptions options, KeyRingProvider ring, ITenantStore store, TimeProvider time, RingAudit? audit, ILogger logger)
{
    /// <summary>
    /// The interval at which all states are read, even if the stamp has not changed. A manual change, or an eviction by Redis, does not change the
    /// stamp.
    /// </summary>
    private static readonly TimeSpan WholeReadInterval = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The tolerance for a server clock that was set back. A revocation affects a secret unless the revocation is older than the secret by more than
    /// this time.
    /// </summary>
    private static readonly TimeSpan ClockReserve = TimeSpan.FromDays(1);

    private readonly FastConcurrentLru<string, Tenant> _cache = new(options.Tenants.CacheSize);
    private readonly Lock _gate = new();
    private Func<TenantSecurityKey, CancellationToken, ValueTask<bool>>? _confirm;

    /// <summary>The tenants that the next read must include; <see langword="null"/> if no request waits for a read.</summary>
    private HashSet<string>? _asked;

    private Task<Dictionary<string, Tenant>>? _answer;
    private string? _stamp;
    private ClockReading _checkedAt;
    private Exception? _failure;

    /// <summary>The number of the last completed check of the store. A tenant that was read in an earlier check must be read again.</summary>
    private long _check;

    /// <summary>The number of the check of the store that began last. A state that is read from now on is at least as recent as this check.</summary>
    private long _begun;

    /// <summary>
    /// The reason why the stored tenants cannot be read, although the key ring can be read; <see langword="null"/> if the tenants can be read.
    /// </summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// Returns the time before which a revocation has no effect on any secret of the key ring. <paramref name="oldestBorn"/> is the time at which the
    /// oldest secret was created.
    /// </summary>
    public static StoreTime ForgetBefore(StoreTime oldestBorn) => StoreTime.Max(default, oldestBorn - ClockReserve);

    /// <summary>
    /// Returns whether the generation of a tenant's key is valid. A generation that is newer than the known generation is also valid, because another
    /// instance may have read a revocation earlier than this instance. An attacker cannot forge a newer generation, because only a holder of the
    /// secret can derive the key. A revocation has no effect on a secret that was created later.
    /// </summary>
    public static bool IsValid(TenantState state, KeyId secretId, StoreTime generation, KeySnapshot? snapshot) =>
        !state.IsDeleted && (generation >= state.Generation || (snapshot is RingSnapshot ring && state.Generation < ForgetBefore(ring.BornOf(secretId))));

    /// <summary>
    /// Returns the cached tenant, if its state is as recent as the last snapshot of the key ring; otherwise <see langword="null"/>.
    /// </summary>
    public Tenant? Known(string tenant) => Failure is null && _cache.TryGet(tenant, out var known) && known.Check >= Volatile.Read(ref _check) ? known : null;

    /// <summary>
    /// Returns a tenant, after a read of the store if the tenant is not known. Requests that arrive during a read share the next read.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">The tenant must be read, but the store is unavailable.</exception>
    public ValueTask<Tenant> GetAsync(string tenant, CancellationToken cancellationToken) =>
        Known(tenant) is { } known ? ValueTask.FromResult(known) : AskAsync(tenant, cancellationToken);

    /// <summary>Returns the cached keys that may verify a token; <see langword="null"/> if the cached data are not sufficient.</summary>
    public IReadOnlyList<SecurityKey>? InMemory(string tenant, KeyId keyId, ClockReading now)
    {
        if (ring.FreshAt(now) is not { } snapshot || Known(tenant) is not { } known || known.Find(keyId) is not { } key) return null;
        if (snapshot.Find(key.SecretId, now) is null) return null;
        return IsValid(known.State, key.SecretId, key.Generation, snapshot) ? key.Signer.Candidates : [];
    }

    /// <summary>Derives the key of a token whose signature is not verified yet. The list is empty if the key is known to be revoked.</summary>
    public IReadOnlyList<SecurityKey> Derive(string tenant, Secret secret, StoreTime generation)
    {
        var known = Known(tenant);
        if (known is not null && !IsValid(known.State, secret.KeyId, generation, ring.Known)) return [];
        return (known?.Find(secret.KeyId, generation) ?? NewKey(tenant, secret, generation)).Signer.Candidates;
    }

    /// <summary>Returns whether the generation of a tenant's key is valid, after the key has verified a signature.</summary>
    /// <exception cref="RewtKeysUnavailableException">The tenant must be read, but the store is unavailable.</exception>
    public async ValueTask<bool> ConfirmAsync(TenantSecurityKey key, CancellationToken cancellationToken)
    {
        var tenant = await GetAsync(key.Tenant, cancellationToken).ConfigureAwait(false);
        tenant.Keep(key);
        return IsValid(tenant.State, key.SecretId, key.Generation, ring.Known);
    }

    /// <summary>Returns a tenant's signing key, which is derived from a key of the key ring.</summary>
    public SigningKey SigningKey(Tenant tenant, RingKey key)
    {
        var generation = tenant.State.Generation;
        return (tenant.Find(key.KeyId, generation) ?? tenant.Keep(NewKey(tenant.Name, key.Secret, generation))).Signer;
    }

    /// <summary>
    /// Returns the state of a tenant, if this state is the reason why the key of a token does not verify; otherwise <see langword="null"/>.
    /// </summary>
    public TenantState? Refusing(string tenant, KeyId keyId) =>
        Known(tenant) is { } known && TenantKeyId.TryParse(keyId, out var secretId, out var generation) && !IsValid(known.State, secretId, generation, ring.Known)
            ? known.State
            : null;

    /// <summary>
    /// Reads the states of the cached tenants that have changed since the last check. A change that the store has lost is written back. If the server
    /// answers but the tenants cannot be read, <see cref="Failure"/> is set, and the key ring stays available.
    /// </summary>
    public async Task FollowAsync(RingSnapshot snapshot, CancellationToken cancellationToken)
    {
        var stamp = snapshot.Reading.TenantStamp;
        var isWhole = Failure is not null || _checkedAt.Elapsed(time) >= WholeReadInterval;
        if (stamp == _stamp && !isWhole) return;

        var began = ClockReading.Now(time);
        // Before the cache is listed, so that a tenant that is read meanwhile is either in the list or read after this moment.
        var check = Interlocked.Increment(ref _begun);
        try
        {
            var writes = isWhole ? null : await store.ListWritesAsync(_stamp, cancellationToken).ConfigureAwait(false);
            // If the list of writes does not contain the stamp that was read, it belongs to another state of the store.
            if (writes?.Any(write => write.Stamp == stamp) == false) writes = null;
            var all = _cache.Select(entry => entry.Value).ToList();
            var changed = writes?.SelectMany(write => write.Tenants).ToHashSet(StringComparer.Ordinal);
            var tenants = changed is null ? all : all.FindAll(tenant => changed.Contains(tenant.Name));
            if (tenants.Count > 0) await ReadAsync(tenants, check, snapshot, cancellationToken).ConfigureAwait(false);
            if (changed is not null)
            {
                foreach (var tenant in all.Where(tenant => !changed.Contains(tenant.Name))) tenant.Confirm(Volatile.Read(ref _check), check);
            }

            foreach (var write in writes ?? []) audit?.TenantsFollowed(tenants.Select(tenant => tenant.Name).Intersect(write.Tenants, StringComparer.Ordinal), write.By);
            Volatile.Write(ref _check, check);
            Volatile.Write(ref _failure, null);
            if (changed is null) _checkedAt = began;
            _stamp = stamp;
        }
        catch (TenantsUnusableException exception)
        {
            if (Failure is null) LogUnusable(ring.Name, exception.Message, exception);
            Volatile.Write(ref _failure, exception);
        }
    }

    /// <summary>Changes the state of a tenant in the store and in the cache.</summary>
    /// <exception cref="RewtKeysUnavailableException">The store is unavailable or refuses the write.</exception>
    public async Task ChangeAsync(string tenant, Func<TenantState, StoreTime, TenantState> change, CancellationToken cancellationToken)
    {
        var snapshot = (RingSnapshot)await ring.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var check = Volatile.Read(ref _begun);
            var known = _cache.TryGet(tenant, out var cached) ? cached.State : default;
            var changed = await store.ChangeAsync(tenant, known, change, audit?.Commander ?? string.Empty, snapshot, ClockReading.Now(time), cancellationToken).ConfigureAwait(false);
            _cache.GetOrAdd(tenant, static name => new Tenant(name)).Learn(changed.After, check, default);
            audit?.TenantChanged(tenant, changed);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var cause = exception is TenantsUnusableException ? exception.Message : StoreFailure.OfWrite(exception, options.ConnectionSection);
            throw new RewtKeysUnavailableException($"The tenant '{tenant}' of '{ring.Name}' {WriteOutcome.Of(exception)}: {cause}", TimeSpan.FromSeconds(2), exception);
        }
    }

    private TenantSecurityKey NewKey(string tenant, Secret secret, StoreTime generation) => new(_confirm ??= ConfirmAsync, new(ring.Name, tenant), secret, generation);

    private async Task ReadAsync(List<Tenant> tenants, long check, RingSnapshot snapshot, CancellationToken cancellationToken)
    {
        var forgetBefore = ForgetBefore(snapshot.OldestBorn);
        var stored = await store.FindAsync(tenants.ConvertAll(tenant => tenant.Name), cancellationToken).ConfigureAwait(false);
        var lost = new Dictionary<string, TenantState>(StringComparer.Ordinal);
        for (var i = 0; i < tenants.Count; i++)
        {
            var state = tenants[i].Learn(stored[i], check, forgetBefore);
            if (state != stored[i]) lost.Add(tenants[i].Name, state);
        }

        if (lost.Count == 0) return;
        try
        {
            await store.MergeAsync(lost, audit?.Instance ?? string.Empty, forgetBefore, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The changes stay in effect on this instance, and the next check tries again.
            LogNotWritten(ring.Name, lost.Count, exception);
        }
    }

    private async ValueTask<Tenant> AskAsync(string tenant, CancellationToken cancellationToken)
    {
        while (true)
        {
            // During an outage requests do not queue for a server that the ring's own polls have found to be unavailable.
            if ((ring.LastFailure ?? Failure) is { } outage) throw Unavailable(tenant, outage);
            Task<Dictionary<string, Tenant>> answer;
            lock (_gate)
            {
                if (_asked is null) (_asked, _answer) = (new HashSet<string>(StringComparer.Ordinal), ReadAskedAsync(_answer ?? Task.CompletedTask));
                _asked.Add(tenant);
                answer = _answer!;
            }

            var read = await WaitAsync(tenant, answer, cancellationToken).ConfigureAwait(false);
            // A shared read may have begun before a check that has found a change.
            if (read.Check >= Volatile.Read(ref _check)) return read;
        }
    }

    private async Task<Tenant> WaitAsync(string tenant, Task<Dictionary<string, Tenant>> answer, CancellationToken cancellationToken)
    {
        try
        {
            return (await answer.WaitAsync(cancellationToken).ConfigureAwait(false))[tenant];
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(tenant, exception);
        }
    }

    /// <summary>Waits until the previous read has ended, and then reads all tenants that requests have asked for.</summary>
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
            answer[names[i]].Learn(stored[i], check, default);
        }

        return answer;
    }

    private RewtKeysUnavailableException Unavailable(string tenant, Exception exception) => new(
        $"The state of the tenant '{tenant}' of '{ring.Name}' is unavailable: {(exception is TenantsUnusableException ? exception.Message : StoreFailure.OfRead(exception, options.ConnectionSection))}",
        TimeSpan.FromSeconds(2),
        exception);

    [LoggerMessage(EventId = 20, EventName = "TenantsUnusable", Level = LogLevel.Error,
        Message = "The tenants of {Ring} cannot be read. {Explanation} Until then, calls of tenants get 503.")]
    private partial void LogUnusable(string ring, string explanation, Exception exception);

    [LoggerMessage(EventId = 21, EventName = "TenantsNotWritten", Level = LogLevel.Warning,
        Message = "Redis has lost the revocation or deletion of {Count} tenants of {Ring}, and it could not be written back. It stays in effect on this instance.")]
    private partial void LogNotWritten(string ring, int count, Exception exception);
}
