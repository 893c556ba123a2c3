namespace Rewt.Internal;

/// <summary>The counters of this instance since its start, as the dashboard shows them.</summary>
/// <param name="Verified">The numbers of verified tokens, by result.</param>
/// <param name="Signed">The number of signed tokens.</param>
/// <param name="Retries">The numbers of retried requests, by reason.</param>
/// <param name="RefreshErrors">The numbers of failed refreshes of a key ring, by error.</param>
/// <param name="StaleServes">The number of times that keys were used although they could not be refreshed in time.</param>
/// <param name="LastReadMilliseconds">The duration of the last refresh, in milliseconds.</param>
internal sealed record TrafficView(
    IReadOnlyDictionary<string, long> Verified,
    long Signed,
    IReadOnlyDictionary<string, long> Retries,
    IReadOnlyDictionary<string, long> RefreshErrors,
    long StaleServes,
    double? LastReadMilliseconds);
