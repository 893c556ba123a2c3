namespace Rewt.Internal;

/// <summary>What this instance has counted since it started.</summary>
/// <param name="Verified">Tokens judged, by result.</param>
/// <param name="Signed">Tokens signed.</param>
/// <param name="Retries">Requests sent again, by reason.</param>
/// <param name="RefreshErrors">Reads of a ring that failed, by error.</param>
/// <param name="StaleServes">Uses of keys older than they should be.</param>
/// <param name="LastReadMilliseconds">How long the last read took.</param>
internal sealed record TrafficView(
    IReadOnlyDictionary<string, long> Verified,
    long Signed,
    IReadOnlyDictionary<string, long> Retries,
    IReadOnlyDictionary<string, long> RefreshErrors,
    long StaleServes,
    double? LastReadMilliseconds);
