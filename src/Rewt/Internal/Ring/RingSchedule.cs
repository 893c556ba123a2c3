namespace Rewt.Internal;

/// <summary>The times of the life cycle in milliseconds, derived from the options.</summary>
internal sealed record RingSchedule(long Interval, long Lead, long Retention, long PropagationDelay, long DeadRetention)
{
    /// <summary>How far a TTL and a deadline may differ and still mean the same: a read is atomic, its two clocks are not.</summary>
    public const long Tolerance = 50;

    /// <summary>
    /// Past the point of rotation the pending key signs, although the write that makes it current may not have landed. Not where Node services verify: they
    /// know the secret that stands in Redis and no other.
    /// </summary>
    public bool SignsAhead { get; init; } = true;

    public static RingSchedule From(RewtOptions options)
    {
        var interval = Milliseconds(options.RotationInterval);
        return new RingSchedule(
            interval,
            Lead: Math.Min(2000, interval / 10),
            Retention: Milliseconds(options.MaxTokenLifetime + options.ClockSkew + options.PropagationDelay + options.RefreshInterval),
            Milliseconds(options.PropagationDelay),
            // A Node service may hold a revoked secret for its own TTL, so the tombstone outlives any rotation by far.
            DeadRetention: Milliseconds(TimeSpan.FromDays(7) + (2 * options.RotationInterval) + options.MaxTokenLifetime))
        {
            SignsAhead = !options.AcceptNodeTokens,
        };
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
