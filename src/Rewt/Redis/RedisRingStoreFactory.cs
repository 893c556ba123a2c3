namespace Rewt.Internal;

/// <summary>Opens the stores of key rings in Redis.</summary>
internal sealed class RedisRingStoreFactory(IServiceProvider services, TimeProvider time) : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options) =>
        new RedisRingStore(new RedisConnection(services, options, time), options, new SecretSeal(options, SealingKeys.ProtectorOf(services, options), time), time);

    public IOneTimeStore OpenOneTime(RewtOptions options) => new RedisOneTimeStore(new RedisConnection(services, options, time), time);

    public IPairStore OpenPairs(RewtOptions options) => new RedisPairStore(new RedisConnection(services, options, time), options, time);
}
