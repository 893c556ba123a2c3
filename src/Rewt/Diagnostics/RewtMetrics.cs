using System.Diagnostics.Metrics;

namespace Rewt.Internal;

/// <summary>
/// Creates the counters and histograms of keys, tokens and retries on the meter <c>Rewt</c>. The <see cref="RingMetrics"/> of each key ring record
/// their values in these instruments. The page docs/operations/metrics.md lists all instruments.
/// </summary>
internal sealed class RewtMetrics
{
    public const string MeterName = "Rewt";

    /// <summary>
    /// The bucket boundaries for the durations of reads, in seconds. The lowest boundary is a typical duration of a read within a data center. The
    /// highest boundary is the time limit of a read, including the connection to Redis.
    /// </summary>
    private static readonly InstrumentAdvice<double> ReadTimes = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4] };

    /// <summary>
    /// The bucket boundaries for the delays of changes, in seconds. The lowest boundary is a typical delay of a push message within a data center.
    /// The highest boundary is the delay of a change if an instance has missed several polls.
    /// </summary>
    private static readonly InstrumentAdvice<double> Delays = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    public RewtMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        TokensSigned = Meter.CreateCounter<long>("rewt.tokens.signed", "{token}", "Tokens signed. A token that is reused for further calls counts once.");
        TokensVerified = Meter.CreateCounter<long>("rewt.tokens.verified", "{token}", "Tokens verified, by result and by the reason of a refusal.");
        CacheHits = Meter.CreateCounter<long>("rewt.tokens.cache_hits", "{token}", "Tokens accepted because they had been verified before.");
        UnknownKeys = Meter.CreateCounter<long>("rewt.keys.unknown", "{lookup}", "Unknown key ids that this instance looked up in Redis, by outcome.");
        StaleServes = Meter.CreateCounter<long>("rewt.ring.stale_serves", "{use}", "Uses of keys older than RefreshInterval while Redis was unavailable.");
        RefreshDuration = Meter.CreateHistogram("rewt.ring.refresh.duration", "s", "Duration of a read of the key ring, including the writes that were due.", advice: ReadTimes);
        RefreshErrors = Meter.CreateCounter<long>("rewt.ring.refresh.errors", "{error}", "Reads of the ring that failed, by error.");
        Rotations = Meter.CreateCounter<long>("rewt.ring.rotations", "{rotation}", "Rotations that this instance carried out, by cause.");
        Revocations = Meter.CreateCounter<long>("rewt.ring.revocations", "{key}", "Keys revoked in changes that this instance wrote, by cause.");
        ClientRetries = Meter.CreateCounter<long>("rewt.client.retries", "{request}", "Requests that were sent a second time because the receiver refused their key, by reason.");
        PropagationDelay = Meter.CreateHistogram("rewt.ring.propagation.delay", "s", "Time from the publication of a key by another instance until this instance has read it, by the clock of Redis.", advice: Delays);
    }

    public Meter Meter { get; }

    public Counter<long> TokensSigned { get; }

    public Counter<long> TokensVerified { get; }

    public Counter<long> CacheHits { get; }

    public Counter<long> UnknownKeys { get; }

    public Counter<long> StaleServes { get; }

    public Histogram<double> RefreshDuration { get; }

    public Counter<long> RefreshErrors { get; }

    public Counter<long> Rotations { get; }

    public Counter<long> Revocations { get; }

    public Counter<long> ClientRetries { get; }

    public Histogram<double> PropagationDelay { get; }
}
