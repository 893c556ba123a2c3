namespace Rewt.Internal;

/// <summary>
/// Creates the data that the dashboard shows of one key ring (<see cref="RingView"/>): the keys as this instance last read them, and the live
/// instances.
/// </summary>
internal sealed class RingObserver(KeyRingProvider keyRing, RewtOptions options, TimeProvider time)
{
    private const int MostKeys = 200;

    private readonly RingSchedule _schedule = RingSchedule.From(options);
    private readonly InstanceObserver _instances = new(keyRing.Tracker, time);

    /// <summary>Returns the data that the dashboard shows of the key ring now.</summary>
    /// <param name="stamp">A value that changes when a key ring changes. After a change, the instance list is read again.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<RingView> ViewAsync(string stamp, CancellationToken cancellationToken)
    {
        var problem = keyRing.Health().DegradedReason;
        if (keyRing.Known is not { } known)
        {
            return new RingView(keyRing.Name, "unknown", false, problem, 0, null, null, null, Milliseconds(_schedule.Interval), Milliseconds(_schedule.Retention), [], 0, [], null, null);
        }

        var clock = ClockReading.Now(time);
        var age = (long)known.Age(clock).TotalMilliseconds;
        var now = known.StoreTimeAt(clock).Milliseconds;
        var keys = known.ToKeys();
        var marks = await _instances.ReadAsync(stamp, cancellationToken);
        var newest = NewestVersion(known, marks);
        var views = marks?.Select(mark => View(mark, known, newest)).OrderByDescending(instance => instance.IsBehind == true).ThenBy(instance => instance.Name, StringComparer.Ordinal);
        return new RingView(
            keyRing.Name,
            Kind(known),
            known.CanChange,
            problem,
            known.Version,
            known.ChangedBy,
            now,
            age,
            Milliseconds(_schedule.Interval),
            Milliseconds(_schedule.Retention),
            [.. keys.Take(MostKeys).Select(key => View(key, known, now))],
            keys.Count,
            [.. views?.Take(InstanceObserver.MostShown) ?? []],
            marks?.Count,
            _instances.DegradedReason);
    }

    private string Kind(KeySnapshot known) => known switch
    {
        RingSnapshot when options.Tenants.Enabled => "tenants",
        RingSnapshot => "shared-secret",
        PairSnapshot => "key-pairs",
        _ => "configured-keys",
    };

    /// <summary>Returns the newest version of the key ring that any instance has reported.</summary>
    private static long NewestVersion(KeySnapshot known, IReadOnlyList<InstanceHeartbeat>? marks) =>
        (marks ?? []).Where(mark => mark.Epoch == known.Epoch).Select(mark => mark.Version).Append(known.Version).Max();

    private InstanceView View(InstanceHeartbeat mark, KeySnapshot known, long newest) => new(
        mark.Instance,
        mark.Version,
        known.HasSharedVersion ? mark.Epoch != known.Epoch || mark.Version < newest : null,
        mark.SeenAt.Milliseconds,
        mark.Instance == keyRing.Tracker.Instance);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private KeyView View(RewtKey key, KeySnapshot known, long now)
    {
        var until = key.StateEndsAt?.ToUnixTimeMilliseconds();
        var from = key.State switch
        {
            RewtKeyState.Pending => (known as RingSnapshot)?.Reading.Ring?.NextBorn.Milliseconds,
            RewtKeyState.Current when known is RingSnapshot ring => ring.CurrentSince.Milliseconds,
            RewtKeyState.Current => until - Milliseconds(_schedule.Interval),
            RewtKeyState.Retired => until - Milliseconds(_schedule.Retention),
            _ => until - Milliseconds(_schedule.RevocationRetention),
        };
        // A start time in the future was computed with settings that differ from those of the writing service, so it is omitted.
        return new KeyView(key.KeyId, key.State.ToString().ToLowerInvariant(), key.Issuer, !key.IsForeign, from <= now ? from : null, until, key.AttestedBy ?? key.AttestationNote, key.AttestedUntil?.ToUnixTimeMilliseconds());
    }
}
