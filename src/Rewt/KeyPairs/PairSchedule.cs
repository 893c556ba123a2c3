namespace Rewt.Internal;

/// <summary>
/// The durations in the life of a key pair, which are derived from the options: how long a key pair signs, how long it verifies, and how often its
/// published entry is renewed.
/// </summary>
/// <param name="Interval">The time for which a key signs.</param>
/// <param name="Retention">The time for which a retired key verifies.</param>
/// <param name="Heartbeat">The interval at which an instance renews its entries.</param>
/// <param name="Lease">The time after which an entry expires if it is not renewed. This time is longer than the lifetime of any token. This time is
/// also longer than <see cref="RewtOptions.StaleBudget"/>, because no entry can be renewed while Redis accepts no writes.</param>
/// <param name="RevocationRetention">The time for which a revocation is kept.</param>
internal sealed record PairSchedule(TimeSpan Interval, TimeSpan Retention, TimeSpan Heartbeat, TimeSpan Lease, TimeSpan RevocationRetention)
{
    private const int HeartbeatsEvery = 6;

    /// <summary>
    /// The time for which an attestation is valid. This time is longer than the whole life of a key. An attestation is renewed when half of this time
    /// has passed. The remaining half is longer than the outage that receivers tolerate.
    /// </summary>
    public TimeSpan Attestation => 2 * (Interval + Lease + Heartbeat);

    public static PairSchedule From(RewtOptions options)
    {
        var ring = RingSchedule.From(options);
        var heartbeat = options.RefreshInterval * HeartbeatsEvery;
        var margin = heartbeat * 2.5 > options.StaleBudget ? heartbeat * 2.5 : options.StaleBudget;
        return new PairSchedule(ring.Interval, ring.Retention, heartbeat, ring.Retention + margin, ring.RevocationRetention);
    }
}
