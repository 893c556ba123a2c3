using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// A <see cref="RingChange"/> in the form in which it is written to Redis, after <see cref="SecretSeal"/> has sealed (encrypted) its secrets.
/// </summary>
/// <param name="Secret">The text of the secret; <see langword="null"/> leaves the stored one unchanged.</param>
/// <param name="ExpireAt">When the secret's Redis key expires; <see langword="null"/> leaves the TTL unchanged.</param>
/// <param name="Fields">The names and values of the ring's fields.</param>
internal sealed record StoredChange(byte[]? Secret, StoreTime? ExpireAt, RedisValue[] Fields);
