namespace Rewt.Internal;

/// <summary>
/// The raw result of one read of the published public keys: the stored entries of each service, not verified yet, the revocations and the store's
/// time. <see cref="KeyPairSource"/> verifies it.
/// </summary>
/// <param name="Now">The store's time.</param>
/// <param name="Revoked">The keys of any service that an operator revoked, and when each may be forgotten.</param>
/// <param name="Services">The rings that were read, by service.</param>
internal sealed record PairReading(StoreTime Now, IReadOnlyDictionary<string, StoreTime> Revoked, IReadOnlyDictionary<string, ServiceReading> Services);
