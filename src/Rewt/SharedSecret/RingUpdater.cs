using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Updates the stored ring of a shared secret and returns the new snapshot. The updater reads the ring, calls <see cref="RotationPolicy"/>, writes
/// the returned change, and repeats these steps until no change is due. Calls must not overlap, so that reads are applied in the order in which they
/// began.
/// </summary>
internal sealed partial class RingUpdater(
    string ringName, IRingStore store, RingSchedule schedule, TimeProvider time, ILogger logger, RingMetrics? metrics = null, RingAudit? audit = null)
{
    private const int MaximumRounds = 64;

    private static readonly TimeSpan RegressionGrace = TimeSpan.FromSeconds(1);

    /// <summary>The time after a refused write of a longer retention during which the write is not repeated.</summary>
    private static readonly TimeSpan RaisePause = TimeSpan.FromMinutes(10);

    private readonly RevocationMemory _memory = new();
    private readonly LogLimit _refusals = new(TimeSpan.FromMinutes(10));
    private ClockReading? _regressedSince;
    private ClockReading? _raiseRefusedAt;
    private string? _knownProblem;
    private bool _knownDegraded;
    private (RingAction Action, string Cause)? _knownRefusal;

    /// <param name="previous">The last snapshot; <see langword="null"/> for the first read.</param>
    /// <param name="command">The command of an operator, as a function that returns the change to write, or <see langword="null"/> if nothing is left to
    /// do. The command is executed when no other change is due, or if the due change fails because the secrets cannot be sealed and the command sets no
    /// secret.</param>
    /// <param name="cancellationToken">Cancels the update between two of its steps.</param>
    /// <returns>The new snapshot; <see langword="null"/> if the stored ring is older than the known ring, so that another read must confirm the older
    /// ring.</returns>
    public async Task<RingSnapshot?> UpdateAsync(
        RingSnapshot? previous, Func<RingReading, RingChange?>? command, CancellationToken cancellationToken)
    {
        var wrote = false;
        var isExecuted = false;
        var isBlocked = false;
        StoreTime? movedTo = null;
        for (var round = 0; round < MaximumRounds; round++)
        {
            var readAt = ClockReading.Now(time);
            RingReading reading;
            try
            {
                reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SecretProtectorException exception) when (command is null && previous is not null && IsRevocation(previous, exception))
            {
                // The known keys stay in use, without the revoked ones. The next read fails again until the protector answers.
                _memory.LearnStored(exception.Revoked!, previous.Reading.Now);
                return previous.Revoke(Remembered(), exception.TenantStamp, schedule);
            }
            catch (Exception exception) when (isExecuted)
            {
                WriteOutcome.Made(exception);
                throw;
            }

            if (!IsConfirmed(previous, reading)) return null;

            Learn(previous, reading);
            var verdict = reading.IsDegraded
                ? SecretOnlyPolicy.Decide(reading, schedule, _memory.Revoked, Secret.Generate)
                : RotationPolicy.Decide(reading, schedule, _memory.Revoked, Secret.Generate);
            Report(verdict.Problem, reading.IsDegraded);
            if (reading.IsDegraded && command is not null) throw Denied();
            var requested = verdict.Problem is null && (verdict.Plan is null || isBlocked) ? command?.Invoke(reading) : null;
            var commanded = requested is not null && (verdict.Plan is null || (requested.SetSecret is null && reading.Ring?.Current is not null));
            var plan = commanded ? requested : verdict.Plan;
            if (plan is null || IsRefusedRaise(plan)) return Followed(previous, Snapshot(reading, verdict.Problem), wrote);

            if (plan.Action == RingAction.MoveDeadline && !IsSameTime(movedTo, plan.Ring.Deadline))
            {
                // A server that pauses between the commands PTTL and TIME reports a later deadline than the real one. A second read confirms it.
                movedTo = plan.Ring.Deadline;
                continue;
            }

            // A raised retention is no change of the keys, so the author of the last rotation or revocation stays in the ring.
            plan = plan with { By = plan.Action == RingAction.RaiseRetention ? reading.ChangedBy : audit?.By(plan.Action, commanded) };
            using var activity = RewtActivity.Write(ringName, plan.Action);
            try
            {
                if (!await store.TryApplyAsync(reading, plan, cancellationToken).ConfigureAwait(false)) continue;
            }
            catch (SecretProtectorException exception) when (command is not null && !commanded && !isBlocked)
            {
                // The revocation of a retired key needs no protector, and must not wait for the due change.
                activity.Fail(exception);
                isBlocked = true;
                continue;
            }
            catch (Exception exception) when (command is null && !cancellationToken.IsCancellationRequested)
            {
                // The keys that were read remain usable. A key that must be revoked is revoked on this instance, although the revocation cannot be written.
                activity.Fail(exception);
                _memory.Learn(plan.Revoked, reading.Now);
                if (plan.Action == RingAction.RaiseRetention)
                {
                    // A login that may only read is healthy although it cannot raise the retention.
                    _raiseRefusedAt = ClockReading.Now(time);
                    return Followed(previous, Snapshot(reading, verdict.Problem), wrote);
                }

                var snapshot = Snapshot(reading, verdict.Problem, StoreFailure.Cause(exception));
                LogRefused(plan.Action, snapshot, exception);
                return snapshot;
            }

            _memory.Learn(plan.Revoked, reading.Now);
            var level = LevelOf(plan.Action);
            LogChanged(level, ringName, plan);
            metrics?.Written(reading, plan, commanded);
            audit?.Written(reading, plan, commanded);
            _knownRefusal = null;
            wrote = true;
            if (commanded) (command, isExecuted) = (null, true);

            RingSnapshot Snapshot(RingReading seen, string? problem, string? refusal = null) =>
                new(seen, Remembered(), problem, schedule, readAt, previous) { WriteRefusal = refusal };
        }

        var problem = isExecuted ? "was changed, but could not be read afterwards, because it kept changing." : $"changed during each of {MaximumRounds} attempts to write it. Try again.";
        throw new RewtKeysUnavailableException($"The key ring '{ringName}' {problem}", TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Returns whether a reading whose secrets could not be decrypted contains the revocation of a known key or a change of a tenant.
    /// </summary>
    private static bool IsRevocation(RingSnapshot previous, SecretProtectorException exception) =>
        exception.Revoked is { } revoked && (previous.KeyIds.Any(revoked.ContainsKey) || exception.TenantStamp != previous.Reading.TenantStamp);

    private static bool IsSameTime(StoreTime? first, StoreTime second) => first is { } time && (second - time).Duration() <= RingSchedule.Tolerance;

    private bool IsRefusedRaise(RingChange plan) => plan.Action == RingAction.RaiseRetention && _raiseRefusedAt?.Elapsed(time) < RaisePause;

    private RingSnapshot Followed(RingSnapshot? previous, RingSnapshot next, bool wrote)
    {
        if (previous is null || wrote) return next;
        audit?.Followed(previous, next);
        if (next.NextSeenAfter(previous) is { } delay) metrics?.Propagated(delay);
        return next;
    }

    private FrozenDictionary<KeyId, StoreTime> Remembered() => _memory.Revoked.ToFrozenDictionary();

    /// <summary>
    /// Returns whether a reading is accepted. A lower version of the same ring usually comes from an outdated replica, and is not accepted. If a
    /// later read after the grace period still returns the lower version, a failover has lost the later writes, and the version is accepted.
    /// </summary>
    private bool IsConfirmed(RingSnapshot? previous, RingReading reading)
    {
        var regressed = previous is not null && reading.Ring is { } ring && ring.Epoch == previous.Epoch && ring.Version < previous.Version;
        if (!regressed)
        {
            _regressedSince = null;
            return true;
        }

        if (_regressedSince is { } since) return since.Elapsed(time) >= RegressionGrace;

        _regressedSince = ClockReading.Now(time);
        LogRegressed(ringName, previous!.Version, reading.Ring!.Version);
        return false;
    }

    private void Learn(RingSnapshot? previous, RingReading reading)
    {
        _memory.LearnStored(reading.Revoked, reading.Now);
        if (previous is { IsDegraded: false, Epoch: { } epoch } && !reading.IsDegraded && reading.Ring is { } ring && ring.Epoch != epoch)
        {
            _memory.RevokeFormerEpoch(previous, reading, reading.Now + schedule.RevocationRetention);
        }
    }

    private void Report(string? problem, bool isDegraded)
    {
        if (problem is not null && problem != _knownProblem) LogUnusable(ringName, problem);
        if (isDegraded && !_knownDegraded) LogDegraded(ringName);
        (_knownProblem, _knownDegraded) = (problem, isDegraded);
    }

    /// <summary>Logs a refused write, unless the same write was refused for the same cause and logged shortly before.</summary>
    private void LogRefused(RingAction action, RingSnapshot snapshot, Exception exception)
    {
        var refusal = (action, StoreFailure.Cause(exception));
        if (_refusals.Count(time) == 0 && refusal == _knownRefusal) return;
        _knownRefusal = refusal;
        var state = snapshot.KeyIds.Any() ? "The keys that can be read stay in use." : "There are no keys until the write succeeds.";
        LogWriteRefused(ringName, action, state, StoreFailure.Explanation(exception) ?? "See the exception.", StoreFailure.Unexplained(exception));
    }

    private RewtKeysUnavailableException Denied() => new(
        $"The key ring '{ringName}' was not changed: the Redis login of this service may run neither scripts nor transactions. "
        + $"Allow EVAL and EVALSHA, or MULTI, EXEC, WATCH and UNWATCH, on '{ringName}:rewt-secret' and '{{{ringName}:rewt-secret}}:*'.",
        TimeSpan.FromSeconds(60));

    private static LogLevel LevelOf(RingAction action) => action switch
    {
        RingAction.Tidy or RingAction.RaiseRetention or RingAction.PublishNext or RingAction.MergeRevocations => LogLevel.Debug,
        RingAction.Create or RingAction.Adopt or RingAction.Rotate or RingAction.AdoptRotation or RingAction.MoveDeadline => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    [LoggerMessage(EventId = 1, EventName = "RingChanged", Message = "Key ring {Ring}: {Plan}.")]
    private partial void LogChanged(LogLevel level, string ring, RingChange plan);

    [LoggerMessage(EventId = 2, EventName = "RingUnusable", Level = LogLevel.Error,
        Message = "Key ring {Ring} has no usable secret: {Problem}. No token is signed or accepted until this is fixed.")]
    private partial void LogUnusable(string ring, string problem);

    [LoggerMessage(EventId = 3, EventName = "RingWriteRefused", Level = LogLevel.Warning,
        Message = "Key ring {Ring}: the change {Action} could not be written. {State} {Explanation}")]
    private partial void LogWriteRefused(string ring, RingAction action, string state, string explanation, Exception? exception);

    [LoggerMessage(EventId = 4, EventName = "RingRegressed", Level = LogLevel.Warning,
        Message = "Key ring {Ring} went back from version {Known} to {Seen}. The change is used only if a second read confirms it.")]
    private partial void LogRegressed(string ring, long known, long seen);

    [LoggerMessage(EventId = 5, EventName = "Degraded", Level = LogLevel.Warning,
        Message = "Key ring {Ring} is degraded: the Redis login may run neither scripts nor transactions on it, so only the secret is shared, as in Node's rewt. "
            + "No key is published ahead of a rotation, and this service can neither rotate nor revoke keys.")]
    private partial void LogDegraded(string ring);
}
