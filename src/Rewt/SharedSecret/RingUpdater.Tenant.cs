namespace Rewt.Internal;

/// <summary>Additional operations for a tenant's ring: reading it without writing, and changing it without creating it.</summary>
internal sealed partial class RingUpdater
{
    /// <summary>The epoch of a secret that has no ring yet. It equals no stored epoch.</summary>
    private const string Unadopted = "unadopted";

    /// <summary>Comparing the secret and the version detects neither a changed TTL nor clock drift, so the whole ring is read at least this often.</summary>
    private static readonly TimeSpan WholeAtLeastEvery = TimeSpan.FromMinutes(1);

    private ClockReading _readWholeAt;

    /// <summary>
    /// Reads the ring without writing. Keys that must be revoked are revoked in this instance's snapshot; all other changes are left to the instances
    /// that sign.
    /// </summary>
    /// <returns>The new snapshot, or <see langword="null"/> while a ring older than the known one is not confirmed.</returns>
    public async Task<RingSnapshot?> ObserveAsync(RingSnapshot? previous, CancellationToken cancellationToken)
    {
        var readAt = ClockReading.Now(time);
        if (previous is { Problem: null, IsDegraded: false } known && _readWholeAt.Elapsed(time) < WholeAtLeastEvery)
        {
            var again = known.SeenAgain(readAt);
            if (await store.IsUnchangedAsync(known.Reading, cancellationToken).ConfigureAwait(false)) return again;
        }

        var reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (!IsConfirmed(previous, reading)) return null;

        _readWholeAt = readAt;
        if (IsLongOver(reading)) reading = reading with { Ring = null };
        Learn(previous, reading);
        var verdict = RotationPolicy.Decide(reading, schedule, _memory.Revoked, Secret.Generate);
        Report(verdict.Problem, reading.IsDegraded);
        if (verdict.Plan is { } plan) _memory.Learn(plan.Revoked, reading.Now);
        var seen = verdict.Plan is { SetSecret: null } left ? reading with { Ring = Seen(reading.Ring, left.Ring) } : reading;
        return new RingSnapshot(seen, Remembered(), verdict.Problem, schedule, readAt, previous) { IsUntended = verdict.Plan is not null };
    }

    /// <summary>Executes a command on the ring as it is, without applying due changes first. A ring that does not exist is not created.</summary>
    public async Task<RingSnapshot?> ChangeAsync(
        RingSnapshot? previous, Func<RingReading, IReadOnlyDictionary<string, long>, RingChange?> command, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            var reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (reading.IsDegraded) throw Denied();
            if (reading.Slot.IsWrongType) throw new InvalidOperationException($"The key '{ringName}:rewt-secret' is not a string. Delete it with DEL.");

            _memory.Learn(reading.Revoked, reading.Now);
            if (command(reading, _memory.Revoked) is { } plan)
            {
                if (!await store.TryApplyAsync(reading, plan, cancellationToken).ConfigureAwait(false)) continue;
                _memory.Learn(plan.Revoked, reading.Now);
                var level = LevelOf(plan.Action);
                LogChanged(level, ringName, plan);
            }

            return await ObserveAsync(previous, cancellationToken).ConfigureAwait(false);
        }

        throw new RewtKeysUnavailableException($"The key ring '{ringName}' changed during each of {MaximumRounds} attempts to write it. Try again.", TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// Whether the deadline passed so long ago that all tokens of the old keys have expired. The secret is absent, so an expiry cannot be told from a
    /// deletion.
    /// </summary>
    private bool IsLongOver(RingReading reading) => reading is { Slot.IsAbsent: true, Ring: { } ring } && reading.Now > ring.Deadline + schedule.Retention;

    /// <summary>
    /// The planned ring without the changes that must be written first: the stored epoch and version apply, and a key that is only planned is left
    /// out.
    /// </summary>
    private static RingState Seen(RingState? stored, RingState planned) => planned with
    {
        Epoch = stored?.Epoch ?? Unadopted,
        Version = stored?.Version ?? 0,
        Next = stored?.Next is { } next && next.Equals(planned.Next) ? next : null,
    };
}
