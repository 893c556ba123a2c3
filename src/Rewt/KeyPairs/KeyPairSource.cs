using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// The <see cref="IKeySource"/> of a namespace whose services sign with key pairs. The source reads the public keys that the services have published.
/// When this process must sign, the source also generates, publishes and rotates key pairs of its own. A process that only verifies writes nothing.
/// </summary>
internal sealed partial class KeyPairSource(RewtOptions options, IPairStore store, TimeProvider time, ILogger logger, RingTelemetry? telemetry = null, int maximumAsked = KeyPairSource.MaximumAsked) : IKeySource
{
    private const int MaximumAsked = 1024;

    /// <summary>
    /// The maximum number of services whose keys are read. In practice, a fleet has fewer services. Without a maximum, an attacker with a stolen Redis
    /// login could fill the memory.
    /// </summary>
    private const int MaximumIssuers = 1000;

    /// <summary>The maximum number of invalid entries in one report.</summary>
    private const int MaximumReported = 8;

    /// <summary>The minimum time between two reports of invalid entries of one service.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    /// <summary>The time for which no further write is attempted after Redis has denied a write.</summary>
    private static readonly TimeSpan DenialMemory = TimeSpan.FromSeconds(60);

    /// <summary>The time for which the health check reports a deletion of published keys.</summary>
    private static readonly TimeSpan DeletionMemory = TimeSpan.FromMinutes(10);

    private readonly string _service = options.ServiceName!;
    private readonly string _epoch = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly PairSchedule _schedule = PairSchedule.From(options);
    private readonly PairMemory _memory = new();
    private readonly ServiceIdentity? _identity = ServiceIdentity.Open(options, time);
    private readonly HashSet<string> _issuers = [options.ServiceName!, .. options.TrustedIssuers];
    private readonly Stack<LocalKeyPair> _spare = new();

    /// <summary>The invalid entries of each service when they were last logged, and the time.</summary>
    private readonly Dictionary<string, (ClockReading? At, IReadOnlyList<RefusedKey> Entries)> _reported = new(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private HashSet<string> _asked = new(StringComparer.Ordinal);
    private LocalKeyPairs _own = LocalKeyPairs.None;
    private ClockReading? _deniedAt;
    private ClockReading? _deletedAt;
    private CertificateStatus? _state;
    private bool _wanted;

    public IInstanceStore? Instances => store.Instances;

    public IStoreDoctor? Doctor => store.Doctor;

    public string Location(string @namespace) => $"the ring '{Tag}:{_service}'";

    public bool IsPossible(KeyId keyId) => keyId.IsOfKeyPair;

    public bool WantSigningKey()
    {
        Volatile.Write(ref _wanted, true);
        lock (_gate) return !IsDenied;
    }

    public void RequestKeysOf(string? issuer)
    {
        if (issuer is null || !Names.IsName(issuer)) return;
        lock (_gate)
        {
            if (_issuers.Contains(issuer)) return;
            if (_asked.Count >= maximumAsked) throw new RewtKeysUnavailableException("Too many requests are waiting for the keys of unknown issuers.", TimeSpan.FromSeconds(1));
            _asked.Add(issuer);
        }
    }

    public void OnResumed() => store.OnResumed();

    public async Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken)
    {
        var known = (PairSnapshot?)previous;
        var view = await ReadNowAsync(known, cancellationToken).ConfigureAwait(false);
        if (command is null) return await UpkeepAsync(view, known, cancellationToken).ConfigureAwait(false);

        StoreTime? revokedAt = null;
        if (command.Revoked is { } keyId) revokedAt = await RevokeAsync(view, keyId, cancellationToken).ConfigureAwait(false);
        else await RotateAsync(view, cancellationToken).ConfigureAwait(false);

        try
        {
            view = await ReadNowAsync(known, cancellationToken).ConfigureAwait(false);
            var snapshot = await UpkeepAsync(view, known, cancellationToken).ConfigureAwait(false);
            snapshot.RevokedAt = revokedAt;
            return snapshot;
        }
        catch (Exception exception)
        {
            WriteOutcome.Made(exception);
            throw;
        }
    }

    public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private bool IsDenied => _deniedAt is { } at && at.Elapsed(time) < DenialMemory;

    private async Task<PairView> ReadNowAsync(PairSnapshot? known, CancellationToken cancellationToken)
    {
        string[] issuers, asked;
        lock (_gate)
        {
            // An issuer that was requested during the read that found it is already in the first set.
            (issuers, asked) = ([.. _issuers], [.. _asked.Except(_issuers, StringComparer.Ordinal)]);
            _asked = new HashSet<string>(StringComparer.Ordinal);
        }

        if (_identity is not null) await _identity.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var readAt = ClockReading.Now(time);
        // Before the read, which may fail: the withdrawal of a certificate or an authority must take effect during an outage too.
        if (_identity?.Policy is { } policy) known?.Recheck(policy, options.Namespace, readAt);
        var reading = await ReadAsync(issuers, asked, cancellationToken).ConfigureAwait(false);
        _memory.Learn(reading);
        KeepIssuers(reading);
        var latest = AttestationPolicy.Latest(reading.Now, time.GetUtcNow(), options.ClockSkew);
        var budget = new CheckBudget();
        // The keys that tokens wait for come first, then small rings, so that a flood of entries in one ring is checked last.
        var rings = reading.Services.OrderByDescending(ring => ring.Key == _service || asked.Contains(ring.Key, StringComparer.Ordinal)).ThenBy(ring => ring.Value.Entries.Count).ToDictionary(
            ring => ring.Key,
            ring => IssuerKeys.Read(new(options.Namespace, ring.Key), ring.Value, _memory, reading.Now, known?.Issuers.GetValueOrDefault(ring.Key), _identity?.Policy, latest, budget.ForNextRing()),
            StringComparer.Ordinal);
        Report(rings.Values);
        Report(_identity?.State(reading.Now));
        return new PairView(reading, rings, readAt);
    }

    private async Task<PairReading> ReadAsync(string[] issuers, string[] asked, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadAsync(issuers, asked, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The waiting callers are served by the next read.
            lock (_gate) _asked.UnionWith(asked);
            throw;
        }
    }

    /// <summary>
    /// Selects the services whose keys are read from now on. A service that has published nothing is not read again until a token names it.
    /// </summary>
    private void KeepIssuers(PairReading reading)
    {
        lock (_gate)
        {
            foreach (var (service, ring) in reading.Services)
            {
                if (service == _service || options.TrustedIssuers.Contains(service)) continue;
                if (ring == ServiceReading.Empty) _issuers.Remove(service);
                else if (_issuers.Count < MaximumIssuers) _issuers.Add(service);
            }
        }
    }

    private async Task<PairSnapshot> UpkeepAsync(PairView view, PairSnapshot? known, CancellationToken cancellationToken)
    {
        if ((_own.Current is null && !Volatile.Read(ref _wanted)) || IsDenied) return Snapshot(view, known, IsDenied ? "NOPERM" : null);
        // An unreadable ring seems to have lost this service's keys, so every update would write new ones into it.
        if (view.Reading.Services[_service].Problem is { } problem) return Snapshot(view, known, problem);

        string? refusal = null;
        try
        {
            await WriteAsync(view, rotate: false, cancellationToken).ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException exception)
        {
            lock (_gate) _deniedAt = ClockReading.Now(time);
            LogDenied(options.Namespace, _service, RightsCommand.OfKeyPairs(options.Namespace, _service), exception);
            refusal = "NOPERM";
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The keys that were read remain usable, and the published keys stay valid.
            var state = _own.Current is null ? "This process has published no key, so it cannot sign." : "The published keys stay in use.";
            LogWriteRefused(options.Namespace, _service, StoreFailure.Explanation(exception) is { } reason ? $"{reason} {state}" : state, exception);
            refusal = StoreFailure.Cause(exception);
        }

        return Snapshot(view, known, refusal);
    }

    private async Task RotateAsync(PairView view, CancellationToken cancellationToken)
    {
        if (!MayGenerate(view)) throw new RewtKeysUnavailableException($"The keys of '{options.Namespace}' were not rotated. {_state?.Problem}", TimeSpan.FromSeconds(60));
        Volatile.Write(ref _wanted, true);
        try
        {
            await WriteAsync(view, rotate: true, cancellationToken).ConfigureAwait(false);
            lock (_gate) _deniedAt = null;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Denied($"'{Tag}:{_service}:*'", exception);
        }
    }

    private async Task<StoreTime> RevokeAsync(PairView view, KeyId keyId, CancellationToken cancellationToken)
    {
        var isOurs = _own.All(now: default).Any(key => key.KeyId == keyId) || view.Reading.Services[_service].Contains(keyId);
        try
        {
            var now = view.Reading.Now;
            // The rotation interval of another service is unknown.
            var forgetAt = now + (isOurs ? _schedule.RevocationRetention : RevocationMemory.LongestRetention);
            var revokedAt = await store.RevokeAsync(isOurs ? _service : null, keyId, now, forgetAt, cancellationToken).ConfigureAwait(false);
            if (isOurs) _memory.Learn(_service, keyId, now, forgetAt);
            telemetry?.PairRevoked(keyId);
            return revokedAt;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Denied(isOurs ? $"'{Tag}:{_service}:*'" : $"'{Tag}:dead' (only an operator may revoke a key of another service)", exception);
        }
    }

    /// <summary>Returns whether a new key pair may be generated. If this service attests its keys, its certificate must be valid.</summary>
    private bool MayGenerate(PairView view) => _identity is not { Attests: true } || _identity.Usable(view.Reading.Now) is not null;

    /// <summary>
    /// Writes the due changes of this process's key pairs to the store. The key pairs in memory change only after the write has succeeded.
    /// </summary>
    private async Task WriteAsync(PairView view, bool rotate, CancellationToken cancellationToken)
    {
        var made = new List<LocalKeyPair>();
        var (ring, keys) = (view.Reading.Services[_service], view.Rings[_service]);
        var certificate = _identity?.Usable(view.Reading.Now);
        var (own, plan) = PairPolicy.Decide(_own.Attest(Attest), ring, keys, view.Reading.Now, _schedule, rotate, MayGenerate(view) ? Generate : null);
        if (plan is null)
        {
            _own = own;
            return;
        }

        // The plan revokes keys that were not revoked before only if their entries are missing. Entries that were not renewed in time have expired.
        var isInTime = view.Reading.Now < _own.WrittenAt + _schedule.Lease;
        if (isInTime && plan.Revoked.Keys.Any(keyId => !keys.Revoked.ContainsKey(keyId))) _deletedAt = ClockReading.Now(time);
        _memory.Learn(_service, plan);
        try
        {
            await store.WriteAsync(_service, plan, cancellationToken).ConfigureAwait(false);
            telemetry?.PairsWritten(_own, own, isCommand: rotate);
            _own = own;
            var signing = own.Current?.KeyId.ToString() ?? "no key";
            LogWritten(plan.IsNews ? LogLevel.Information : LogLevel.Debug, options.Namespace, _service, plan, signing);
        }
        catch
        {
            foreach (var key in made) _spare.Push(key);
            throw;
        }

        LocalKeyPair Generate()
        {
            var key = Attest(_spare.TryPop(out var spare) ? spare : LocalKeyPair.Generate(options));
            made.Add(key);
            return key;
        }

        // By the earlier of the two clocks, so that an adversary that sets the store's clock forward gets no attestation that ends later.
        LocalKeyPair Attest(LocalKeyPair key) => certificate is null ? key : key.Attest(
            certificate, options, StoreTime.Min(view.Reading.Now, StoreTime.From(time.GetUtcNow() + options.ClockSkew)), _schedule.Attestation);
    }

    /// <summary>Creates the snapshot. The snapshot includes the key pairs of this process in the state that was just written.</summary>
    private PairSnapshot Snapshot(PairView view, PairSnapshot? known, string? refusal)
    {
        var rings = view.Rings.ToImmutableDictionary(StringComparer.Ordinal);
        if (_own.WrittenAt != StoreTime.Unknown)
        {
            var ring = rings[_service];
            var keys = ring.Keys.ToDictionary();
            foreach (var key in _own.Publish(_own.WrittenAt + _schedule.Lease).Where(key => !_memory.RevokedOf(_service).ContainsKey(key.Key.KeyId))) keys[key.Key.KeyId] = key;
            rings = rings.SetItem(_service, ring with { Keys = keys, Revoked = _memory.RevokedOf(_service), OwnRevoked = _memory.OwnRevokedOf(_service) });
        }

        var epoch = _own.Current is null ? null : _epoch;
        return new PairSnapshot([.. rings.Values], _memory, _own, _service, view.Reading.Now, view.ReadAt, epoch, known)
        {
            WriteRefusal = refusal,
            IdentityReason = _state?.Reason,
            DeletionReason = _deletedAt is { } at && at.Elapsed(time) < DeletionMemory
                ? $"Published keys of {_service} disappeared from Redis within the last {DeletionMemory.TotalMinutes} minutes, and this service replaces them. If no operator deleted them and no failover lost them, check which logins may write '{Tag}:{_service}:keys'."
                : null,
            Policy = _identity?.Policy,
            ClockSkew = options.ClockSkew,
        };
    }

    private string Tag => $"{{{options.Namespace}:rewt-keys}}";

    private RewtKeysUnavailableException Denied(string keys, Exception exception) => new(
        $"The keys of '{options.Namespace}' were not changed: the Redis login of this service may not write {keys}. Give it the permissions that '{RightsCommand.OfKeyPairs(options.Namespace, _service)}' prints.",
        TimeSpan.FromSeconds(60),
        exception);

    /// <summary>
    /// Logs invalid entries that were not logged before. Because the login of a service may write invalid entries continuously, the entries of each
    /// service are logged at most once per <see cref="ReportInterval"/>.
    /// </summary>
    private void Report(IEnumerable<IssuerKeys> rings)
    {
        foreach (var ring in rings)
        {
            var (at, before) = _reported.TryGetValue(ring.Issuer, out var report) ? report : (null, []);
            if (at?.Elapsed(time) < ReportInterval) continue;

            var fresh = ring.Refused.Except(before).Take(MaximumReported).ToList();
            foreach (var entry in fresh) LogRefused(options.Namespace, ring.Issuer, entry.Entry, entry.Problem);
            // An entry that was repaired is no longer recorded, so that it is logged again if it returns.
            if (fresh.Count > 0) _reported[ring.Issuer] = (ClockReading.Now(time), ring.Refused);
            else if (before.Count > 0) _reported[ring.Issuer] = (at, ring.Refused);
        }
    }

    /// <summary>Logs the status of this service's certificate, once for each change.</summary>
    private void Report(CertificateStatus? state)
    {
        var before = _state;
        _state = state;
        if (state is null) return;
        if (state.Problem is { } problem && state.Level != before?.Level) LogCertificate(state.Level == CertificateHealth.Ending ? LogLevel.Warning : LogLevel.Error, options.Namespace, _service, problem);
        if (state.Problem is null && before?.Problem is not null) LogCertificateRenewed(options.Namespace, _service);
        if (state.Unread is { } unread && before?.Unread != unread) LogIdentityUnread(options.Namespace, unread);
    }

    [LoggerMessage(EventId = 50, EventName = "PairsWritten", Message = "Key pairs of {Ring}, service {Service}: {Plan}; {KeyId} signs.")]
    private partial void LogWritten(LogLevel level, string ring, string service, PairChange plan, string keyId);

    [LoggerMessage(EventId = 51, EventName = "PairsNotWritten", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}, service {Service}, could not be written. {State}")]
    private partial void LogWriteRefused(string ring, string service, string state, Exception exception);

    [LoggerMessage(EventId = 52, EventName = "PairsDenied", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}: the Redis login may not publish keys of {Service}, so this process can verify but not sign. Give the login the permissions that '{Command}' prints.")]
    private partial void LogDenied(string ring, string service, string command, Exception exception);

    [LoggerMessage(EventId = 53, EventName = "PublishedKeyRefused", Level = LogLevel.Warning,
        Message = "Key pairs of {Ring}: the public key of {Service} under {Entry} is refused: {Problem}.")]
    private partial void LogRefused(string ring, string service, string entry, string problem);

    [LoggerMessage(EventId = 54, EventName = "CertificateEnding", Message = "Key pairs of {Ring}, service {Service}: {Problem}")]
    private partial void LogCertificate(LogLevel level, string ring, string service, string problem);

    [LoggerMessage(EventId = 55, EventName = "CertificateRenewed", Level = LogLevel.Information, Message = "Key pairs of {Ring}, service {Service}: the certificate has been renewed.")]
    private partial void LogCertificateRenewed(string ring, string service);

    [LoggerMessage(EventId = 56, EventName = "IdentityUnread", Level = LogLevel.Warning, Message = "Key pairs of {Ring}: {Problem}")]
    private partial void LogIdentityUnread(string ring, string problem);

    /// <summary>The result of one read of the store: the entries, and the verified keys by service.</summary>
    private sealed record PairView(PairReading Reading, Dictionary<string, IssuerKeys> Rings, ClockReading ReadAt);
}
