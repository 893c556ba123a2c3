namespace Rewt.Internal;

/// <summary>
/// The times in the life of a key pair, derived from the options: how long it signs, how long it verifies, and how often its published entry is
/// renewed.
/// </summary>
/// <param name="Interval">How long a key signs.</param>
/// <param name="Retention">How long a retired key verifies.</param>
/// <param name="Heartbeat">How often an instance renews its entries.</param>
/// <param name="Lease">How long entries last without renewal: longer than any token that the keys signed, and as long as services continue while the
/// server accepts no writes.</param>
/// <param name="RevocationRetention">How long a revocation is kept.</param>
internal sealed record PairSchedule(TimeSpan Interval, TimeSpan Retention, TimeSpan Heartbeat, TimeSpan Lease, TimeSpan RevocationRetention)
{
    private const int HeartbeatsEvery = 6;

    /// <summary>
    /// How long an attestation counts: long enough for the whole life of a key. It is renewed in its second half, which is longer than an outage in
    /// which receivers continue with what they have read.
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
