namespace Rewt.Internal;

/// <summary>The result of one read of the store, with the store's time.</summary>
/// <param name="Now">The store's time, in Unix milliseconds.</param>
/// <param name="Revoked">The keys of any service that an operator revoked, and when each may be forgotten.</param>
/// <param name="Services">The rings that were read, by service.</param>
internal sealed record PairReading(long Now, IReadOnlyDictionary<string, long> Revoked, IReadOnlyDictionary<string, ServiceReading> Services);
