namespace Rewt.Internal;

/// <summary>
/// The times in the life of a shared secret, derived from the options: how long it signs, how long it verifies after that, and how long its
/// revocation is kept.
/// </summary>
/// <param name="Interval">How long a secret signs.</param>
/// <param name="Lead">How long before the end of its TTL a secret is rotated.</param>
/// <param name="Retention">How long a retired secret verifies.</param>
/// <param name="PropagationDelay">How long a pending secret must have been published before it signs, so that receivers have it.</param>
/// <param name="RevocationRetention">How long a revocation is kept.</param>
internal sealed record RingSchedule(TimeSpan Interval, TimeSpan Lead, TimeSpan Retention, TimeSpan PropagationDelay, TimeSpan RevocationRetention)
{
    /// <summary>
    /// How far a TTL and a deadline may differ and still count as equal: a read is atomic, but the server takes the TTL and its time at
    /// slightly different moments.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the pending key signs once a rotation is due, before the write that makes it current has succeeded. It must not where Node services
    /// verify: they know only the secret in Redis.
    /// </summary>
    public bool SignsAhead { get; init; } = true;

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

    /// <summary>Removes the fraction of a millisecond, which no stored time has.</summary>
    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromMilliseconds((long)time.TotalMilliseconds);
}
