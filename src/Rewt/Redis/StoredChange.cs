using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// A <see cref="RingChange"/> in the form in which it is written to Redis, after <see cref="SecretSeal"/> has sealed (encrypted) its secrets.
/// </summary>
/// <param name="Secret">The new text of the current secret; <see langword="null"/> if the stored text stays unchanged.</param>
/// <param name="ExpireAt">The time at which the Redis key of the secret expires; <see langword="null"/> if the TTL stays unchanged.</param>
/// <param name="Fields">The fields of the ring.</param>
internal sealed record StoredChange(byte[]? Secret, StoreTime? ExpireAt, HashEntry[] Fields);
