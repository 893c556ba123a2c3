using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Keeps the key ring of one namespace up to date, and returns its latest snapshot to requests. The provider polls the <see cref="IKeySource"/>,
/// rotates the keys in time, executes the commands of an operator, and reports the health of the key ring.
/// </summary>
internal sealed partial class KeyRingProvider : PolledView<KeySnapshot>, ISigningKeys
{
    private readonly RewtOptions _options;
    private readonly IKeySource _source;
    private readonly RingSchedule _schedule;
    private readonly ClockSkewMonitor _clock;
    private readonly ILogger _logger;
    private bool _signs;

    public KeyRingProvider(RewtOptions options, IKeySource source, TimeProvider time, ILogger logger, RingTelemetry? telemetry = null)
        : base(options, time)
    {
        (Name, _options, _source, _logger) = (options.Namespace, options, source, logger);
        _schedule = RingSchedule.From(options);
        _clock = new ClockSkewMonitor(Name, options.ClockSkew, logger);
        Tracker = new InstanceTracker(source.Instances, options, time, telemetry?.Audit.Instance);
        Metrics = telemetry?.Metrics ?? RingMetrics.None;
        if (options.Tenants.Enabled) Tenants = new TenantCache(options, this, source.Tenants ?? throw new NotSupportedException($"This store does not support tenants; set {options.Section}:Tenants:Enabled to false."), time, telemetry?.Audit, logger);
    }

    /// <summary>The name of the namespace.</summary>
    public string Name { get; }

    public RingMetrics Metrics { get; }

    /// <summary>The limit of the unknown keys that requests search for at the same time.</summary>
    public UnknownKeyLimit UnknownKeys { get; } = new();

    /// <summary>The tenants whose keys are derived from this key ring; <see langword="null"/> if tenants are not enabled.</summary>
    public TenantCache? Tenants { get; }

    /// <summary>The object that examines the server with the keys for the doctor; <see langword="null"/> if there is no server.</summary>
    public IStoreDoctor? Doctor => _source.Doctor;

    /// <summary>The tracker that writes this instance into the list of live instances, and reads the list.</summary>
    public InstanceTracker Tracker { get; }

    /// <summary>Whether a token without a key id can have been signed with a key of this key ring.</summary>
    public bool TakesKeyless => _source.TakesKeyless;

    /// <summary>Whether the signers choose the key ids, which are then not derived from the keys.</summary>
    public bool HasChosenKeyIds => _source.HasChosenKeyIds;

    /// <summary>
    /// How long after its deadline a rotation is reported as overdue: the lead of the schedule, two refresh intervals and one second.
    /// </summary>
    private TimeSpan Overdue => _schedule.Lead + (2 * RefreshInterval) + TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns the same snapshot as <see cref="PolledView{T}.GetAsync"/>. If there is no key to sign with but one can be created, the method waits
    /// for the key.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">There is no snapshot, or the last snapshot is too old or cannot be used.</exception>
    public ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken)
    {
        var now = ClockReading.Now(Time);
        return FreshAt(now) is { } snapshot && snapshot.SigningKey(now) is not null ? ValueTask.FromResult(snapshot) : GetSigningSlowAsync(cancellationToken);
    }

    /// <summary>
    /// Requests a key to sign with, so that the key of this process is published before the first token is signed. From then on, this instance is
    /// unhealthy while it has no key to sign with.
    /// </summary>
    public void WantSigningKey()
    {
        Volatile.Write(ref _signs, true);
        if (_source.WantSigningKey()) RequestRead();
    }

    public SigningKey For(SigningKey key) => key;

    /// <summary>Makes the next read include the keys of an issuer. The issuer is <see langword="null"/> for a token without an issuer.</summary>
    public void RequestKeysOf(string? issuer) => _source.RequestKeysOf(issuer);

    /// <summary>Returns whether this key ring can contain a key with the given id.</summary>
    public bool IsPossible(KeyId keyId) => _source.IsPossible(keyId);

    /// <summary>Rotates the key ring: the pending key becomes current.</summary>
    public Task<KeySnapshot> RotateAsync(CancellationToken cancellationToken) => ExecuteAsync(KeyCommand.Rotate, cancellationToken);

    /// <summary>Revokes a key of the key ring.</summary>
    public Task<KeySnapshot> RevokeAsync(KeyId keyId, CancellationToken cancellationToken) => ExecuteAsync(KeyCommand.Revoke(keyId), cancellationToken);

    /// <summary>Returns the health according to the last read. The method does not contact the store.</summary>
    public RingHealth Health()
    {
        var snapshot = Known;
        var failure = LastFailure;
        var cause = failure is null ? "it has not been read yet" : StoreFailure.Reason(failure);
        if (snapshot is null) return new RingHealth(false, $"The key ring '{Name}' is unavailable ({cause}). {StoreFailure.Explanation(failure) ?? $"Check Redis and {_options.ConnectionSection}:Redis."}");
        if (snapshot.Problem is { } problem) return new RingHealth(false, $"{Sentence(_source.Location(Name))} cannot be used: {problem}.");

        var now = ClockReading.Now(Time);
        var age = snapshot.Age(now);
        if (age > StaleBudget) return new RingHealth(false, $"The key ring '{Name}' was last read {Seconds(age)} s ago, longer than {_options.Section}:StaleBudget ({cause}). {StoreFailure.Explanation(failure) ?? "Check Redis."}");
        if (snapshot.UnhealthyReason(Name, now) is { } reason) return new RingHealth(false, reason);
        if (Volatile.Read(ref _signs) && snapshot.SigningKey(now) is null) return new RingHealth(false, $"This service has no key to sign with. {DegradedReason(snapshot, age, failure) ?? snapshot.NoSigningKey(Name, _options.Section)}");

        var overdue = snapshot.UntilRotation(now) < -Overdue ? $"The rotation of the key ring '{Name}' is overdue." : null;
        var problems = string.Join(' ', new[] { DegradedReason(snapshot, age, failure), overdue }.OfType<string>());
        return new RingHealth(true, problems.Length > 0 ? problems : null);
    }

    protected override async Task<KeySnapshot?> ReadAsync(KeySnapshot? previous, CancellationToken cancellationToken) =>
        await UpdateAsync(previous, null, cancellationToken).ConfigureAwait(false);

    protected override void OnResumed() => _source.OnResumed();

    protected override Task SubscribeAsync(Action onChanged, CancellationToken cancellationToken) => _source.SubscribeAsync(onChanged, cancellationToken);

    protected override TimeSpan UntilDue(KeySnapshot snapshot)
    {
        var rotation = snapshot.UntilRotation(ClockReading.Now(Time));
        if (rotation <= TimeSpan.Zero || rotation >= RefreshInterval) return TimeSpan.MaxValue;

        // Random, so that the instances of a fleet do not all read in the same millisecond.
        return rotation + (_schedule.Lead * (0.25 * Random.Shared.NextDouble()));
    }

    protected override Task OnPolledAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        _clock.Check(snapshot);
        return Tracker.AnnounceAsync(snapshot, cancellationToken);
    }

    protected override void OnRead(TimeSpan duration, Exception? failure) => Metrics.Refreshed(duration, failure);

    protected override void OnServedStale() => Metrics.ServedStale();

    protected override async ValueTask CloseAsync()
    {
        if (LastFailure is null) await Tracker.LeaveAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    protected override RewtKeysUnavailableException Unavailable(Exception? exception) => new(
        $"The keys of '{Name}' are unavailable: {StoreFailure.OfRead(exception, _options.ConnectionSection)}",
        TimeSpan.FromSeconds(2),
        exception);

    protected override RewtKeysUnavailableException Unusable(string problem) =>
        new($"The keys of '{Name}' are unavailable. {Sentence(_source.Location(Name))} cannot be used: {problem}.", TimeSpan.FromSeconds(5));

    protected override void LogUnavailable(Exception exception) => LogAway(Name, StoreFailure.Explanation(exception) ?? "See the exception.", State(), StoreFailure.Unexplained(exception));

    protected override void LogAvailable() => LogBack(Name);

    protected override void LogNoPush(Exception exception) => LogNoPush(Name, exception);

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private async Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken)
    {
        using var activity = RewtActivity.Fetch(Name);
        try
        {
            var snapshot = await _source.UpdateAsync(previous, command, cancellationToken).ConfigureAwait(false);
            // A snapshot is used only with the states of the tenants at its time, so that both are fresh or stale together.
            if (Tenants is not null && snapshot is RingSnapshot ring) await FollowAsync(Tenants, ring, command, cancellationToken).ConfigureAwait(false);
            if (previous is not null && snapshot?.Epoch == previous.Epoch && snapshot?.Version == previous.Version) activity.Omit();
            return snapshot;
        }
        catch (Exception exception)
        {
            activity.Fail(exception);
            throw;
        }
    }

    private static async Task FollowAsync(TenantCache tenants, RingSnapshot snapshot, KeyCommand? command, CancellationToken cancellationToken)
    {
        try
        {
            await tenants.FollowAsync(snapshot, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (command is not null && snapshot.Problem is null)
        {
            WriteOutcome.Made(exception);
            throw;
        }
    }

    private async ValueTask<KeySnapshot> GetSigningSlowAsync(CancellationToken cancellationToken)
    {
        var mayCome = _source.WantSigningKey();
        var snapshot = await GetAsync(cancellationToken).ConfigureAwait(false);
        return snapshot.SigningKey(ClockReading.Now(Time)) is not null || !mayCome ? snapshot : await RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<KeySnapshot> ExecuteAsync(KeyCommand command, CancellationToken cancellationToken)
    {
        Start();
        try
        {
            var snapshot = await ReadInTurnAsync((previous, cancellation) => UpdateAsync(previous, command, cancellation), cancellationToken).ConfigureAwait(false);
            if (snapshot?.Problem is { } problem) throw Unusable(problem);
            return snapshot ?? throw Unavailable(null);
        }
        catch (Exception exception) when (
            exception is not RewtKeysUnavailableException and not NotSupportedException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // A cancellation by the client library, whose connection was replaced meanwhile, is a failure too.
            var reason = exception is SecretProtectorException or OversizedKeyException ? exception.Message : StoreFailure.OfWrite(exception, _options.ConnectionSection);
            throw new RewtKeysUnavailableException($"The key ring '{Name}' {WriteOutcome.Of(exception)}: {Sentence(reason)}", TimeSpan.FromSeconds(2), exception);
        }
    }

    private string? DegradedReason(KeySnapshot snapshot, TimeSpan age, Exception? failure)
    {
        if (failure is not null) return $"The key ring '{Name}' cannot be read ({StoreFailure.Reason(failure)}). The keys that were read {Seconds(age)} s ago stay in use. {StoreFailure.Explanation(failure)}".TrimEnd();
        if (snapshot.IsDegraded) return $"The Redis login may run neither scripts nor transactions, so the key ring '{Name}' has only the secret and no key can be revoked.";
        if (snapshot.WriteRefusal is { } refusal) return $"The key ring '{Name}' cannot be written ({refusal}), so this instance can neither rotate nor revoke keys.";
        if (Tenants?.Failure is { } tenants) return tenants.Message;
        if (_clock.IsOff) return $"The clock of this machine differs by {Seconds(snapshot.ClockOffset)} s from the clock of Redis, so tokens may be refused. Synchronize both clocks with NTP.";
        return snapshot.DegradedReason;
    }

    [LoggerMessage(EventId = 10, EventName = "StoreUnavailable", Level = LogLevel.Warning,
        Message = "The key ring {Ring} cannot be read. {Explanation} {State}")]
    private partial void LogAway(string ring, string explanation, string state, Exception? exception);

    [LoggerMessage(EventId = 11, EventName = "StoreAvailable", Level = LogLevel.Information, Message = "The key ring {Ring} can be read again.")]
    private partial void LogBack(string ring);

    [LoggerMessage(EventId = 12, EventName = "NoPush", Level = LogLevel.Warning,
        Message = "The key ring {Ring} receives no push messages. Changes are detected by polling, and the next poll subscribes again.")]
    private partial void LogNoPush(string ring, Exception exception);
}
