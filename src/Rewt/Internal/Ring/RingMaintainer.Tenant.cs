namespace Rewt.Internal;

/// <summary>What a tenant's ring needs beyond the rest: reading it without writing, and changing it without making it.</summary>
internal sealed partial class RingMaintainer
{
    /// <summary>What a ring means that nobody has adopted yet; its epoch is no other's.</summary>
    private const string Unadopted = "unadopted";

    /// <summary>What a look at the secret and the version does not show: a TTL that somebody changed, and how far the clocks have drifted.</summary>
    private static readonly TimeSpan WholeAtLeastEvery = TimeSpan.FromMinutes(1);

    private Moment _readWholeAt;

    /// <summary>Reads and never writes: what must die dies in this instance's view, all else is left to those who sign.</summary>
    /// <returns>The new view, or <see langword="null"/> while a ring older than the known one is not yet confirmed.</returns>
    public async Task<RingSnapshot?> ObserveAsync(RingSnapshot? previous, CancellationToken cancellationToken)
    {
        var readAt = Moment.Now(time);
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
        var verdict = RingDecision.Decide(reading, schedule, _memory.Dead, Secret.Generate);
        Report(verdict.Problem, reading.IsDegraded);
        if (verdict.Plan is { } plan) _memory.Learn(plan.Dead, reading.Now);
        var seen = verdict.Plan is { SetSecret: null } left ? reading with { Ring = Seen(reading.Ring, left.Ring) } : reading;
        return new RingSnapshot(seen, Remembered(), verdict.Problem, schedule, readAt, previous) { IsUntended = verdict.Plan is not null };
    }

    /// <summary>Carries out a command on the ring as it is, without mending it first: what is not there is not made.</summary>
    public async Task<RingSnapshot?> ChangeAsync(
        RingSnapshot? previous, Func<RingReading, IReadOnlyDictionary<string, long>, RingPlan?> command, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            var reading = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (reading.IsDegraded) throw Denied();
            if (reading.Slot.IsWrongType) throw new InvalidOperationException($"The key '{ringName}:rewt-secret' holds another type than a string; DEL it.");

            _memory.Learn(reading.Dead, reading.Now);
            if (command(reading, _memory.Dead) is { } plan)
            {
                if (!await store.TryApplyAsync(reading, plan, cancellationToken).ConfigureAwait(false)) continue;
                _memory.Learn(plan.Dead, reading.Now);
                var level = LevelOf(plan.Action);
                LogChanged(level, ringName, plan);
            }

            return await ObserveAsync(previous, cancellationToken).ConfigureAwait(false);
        }

        throw new RewtKeysUnavailableException($"The key ring '{ringName}' kept changing for {MaximumRounds} rounds; try again.", TimeSpan.FromSeconds(1));
    }

    /// <summary>Nobody signed for so long after the deadline that no token of the old keys can live; and without a secret nothing tells an expiry from a deletion.</summary>
    private bool IsLongOver(RingReading reading) => reading is { Slot.IsAbsent: true, Ring: { } ring } && reading.Now > ring.Deadline + schedule.Retention;

    /// <summary>The plan's ring as far as it needs no writing: what is stored counts, and a key that was only planned is no key.</summary>
    private static RingState Seen(RingState? stored, RingState planned) => planned with
    {
        Epoch = stored?.Epoch ?? Unadopted,
        Version = stored?.Version ?? 0,
        Next = stored?.Next is { } next && next.Equals(planned.Next) ? next : null,
    };
}
