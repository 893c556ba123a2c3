namespace Rewt.Internal;

/// <summary>
/// The durations in the life of a shared secret, which are derived from the options: how long a secret signs, how long a retired secret verifies, and
/// how long a revocation is kept.
/// </summary>
/// <param name="Interval">The time for which a secret signs.</param>
/// <param name="Lead">The time between the rotation of a secret and the end of its TTL.</param>
/// <param name="Retention">The time for which a retired secret verifies.</param>
/// <param name="PropagationDelay">The time for which a pending secret must have been published before it signs, so that all receivers have the
/// secret.</param>
/// <param name="RevocationRetention">The time for which a revocation is kept.</param>
internal sealed record RingSchedule(TimeSpan Interval, TimeSpan Lead, TimeSpan Retention, TimeSpan PropagationDelay, TimeSpan RevocationRetention)
{
    /// <summary>
    /// The largest difference with which a TTL and a deadline still count as equal. Small differences occur because the server determines the TTL and
    /// the current time of one read at slightly different times.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The maximum number of rotations for which a retired secret is kept. With more secrets, the ring would become too large to be read.
    /// </summary>
    public const int MostRotations = 1000;

    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the pending key signs as soon as a rotation is due, before the key has been written as current. The value is <see langword="false"/>
    /// if Node services verify tokens, because Node services know only the current secret in Redis.
    /// </summary>
    public bool SignsAhead { get; init; } = true;

    /// <summary>The maximum retention time that this instance adopts from the settings of another service.</summary>
    public TimeSpan LongestRetention => TimeSpan.FromDays(Math.Min(366, MostRotations * Interval.TotalDays));

    public static RingSchedule From(RewtOptions options)
    {
        var interval = Whole(options.RotationInterval);
        return new RingSchedule(
            interval,
            Lead: interval / 10 < LongestLead ? Whole(interval / 10) : LongestLead,
            Retention: Whole(options.MaxTokenLifetime + options.ClockSkew + options.PropagationDelay + options.RefreshInterval),
            Whole(options.PropagationDelay),
            // A Node service may hold a revoked secret for its own TTL, so a revocation is kept much longer than one rotation.
            RevocationRetention: Whole(TimeSpan.FromDays(7) + (2 * options.RotationInterval) + options.MaxTokenLifetime))
        {
            SignsAhead = !options.AcceptNodeTokens,
        };
    }

    /// <summary>Removes the fraction of a millisecond, because times are stored in whole milliseconds.</summary>
    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromMilliseconds((long)time.TotalMilliseconds);
}
