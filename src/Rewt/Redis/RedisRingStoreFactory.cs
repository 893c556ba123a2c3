namespace Rewt.Internal;

/// <summary>
/// Creates the stores of a namespace in Redis: the store of a shared secret, the store of the public keys of key pairs, and the store of used
/// one-time tokens.
/// </summary>
internal sealed class RedisRingStoreFactory(IServiceProvider services, TimeProvider time) : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) =>
        new RedisRingStore(new RedisConnection(services, options, time, KeyMode.SharedSecret), options, new SecretSeal(options, SealingKeys.ProtectorOf(services, options), time), time);

    public IOneTimeStore OpenOneTime(RewtOptions options) => new RedisOneTimeStore(new RedisConnection(services, options, time));

    public IPairStore OpenPairs(RewtOptions options) => new RedisPairStore(new RedisConnection(services, options, time, KeyMode.KeyPair), options);
}
