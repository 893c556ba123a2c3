namespace Rewt.Internal;

/// <summary>
/// The result of one read of the published public keys: the stored entries of each service, the revocations and the time of the store. The entries
/// are not verified yet. <see cref="KeyPairSource"/> verifies them.
/// </summary>
/// <param name="Now">The time of the read, by the clock of the store.</param>
/// <param name="Revoked">The ids of the keys that an operator has revoked for all services, each with the end of its retention time.</param>
/// <param name="Services">The rings that were read, by service.</param>
internal sealed record PairReading(StoreTime Now, IReadOnlyDictionary<KeyId, StoreTime> Revoked, IReadOnlyDictionary<string, ServiceReading> Services);
