namespace Rewt.Internal;

/// <summary>All that one look at the store saw, with the store's own time.</summary>
/// <param name="Now">The store's clock, Unix milliseconds.</param>
/// <param name="Dead">Keys revoked by an operator, whoever's they are, and when each may be forgotten.</param>
/// <param name="Services">The rings that were looked at.</param>
internal sealed record PairReading(long Now, IReadOnlyDictionary<string, long> Dead, IReadOnlyDictionary<string, ServiceReading> Services);
