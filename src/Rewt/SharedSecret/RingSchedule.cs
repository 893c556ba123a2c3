namespace Rewt.Internal;

/// <summary>The times of the life cycle in milliseconds, derived from the options.</summary>
internal sealed record RingSchedule(long Interval, long Lead, long Retention, long PropagationDelay, long DeadRetention)
{
    /// <summary>
    /// How far a TTL and a deadline may differ and still count as equal (milliseconds): a read is atomic, but the server takes the TTL and its time at
    /// slightly different moments.
    /// </summary>
    public const long Tolerance = 50;

    /// <summary>
    /// Whether the pending key signs once a rotation is due, before the write that makes it current has succeeded. It must not where Node services
    /// verify: they know only the secret in Redis.
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
            // A Node service may hold a revoked secret for its own TTL, so a revocation is kept much longer than one rotation.
            DeadRetention: Milliseconds(TimeSpan.FromDays(7) + (2 * options.RotationInterval) + options.MaxTokenLifetime))
        {
            SignsAhead = !options.AcceptNodeTokens,
        };
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
