namespace Rewt.Internal;

/// <summary>The counters of this instance since its start, as the dashboard shows them.</summary>
/// <param name="Verified">Verified tokens, by result.</param>
/// <param name="Signed">Signed tokens.</param>
/// <param name="Retries">Retried requests, by reason.</param>
/// <param name="RefreshErrors">Failed refreshes of a key ring, by error.</param>
/// <param name="StaleServes">Uses of keys that were not refreshed in time.</param>
/// <param name="LastReadMilliseconds">The duration of the last refresh, in milliseconds.</param>
internal sealed record TrafficView(
    IReadOnlyDictionary<string, long> Verified,
    long Signed,
    IReadOnlyDictionary<string, long> Retries,
    IReadOnlyDictionary<string, long> RefreshErrors,
    long StaleServes,
    double? LastReadMilliseconds);
