namespace Rewt.Internal;

/// <summary>Opens rings in Redis.</summary>
internal sealed class RedisRingStoreFactory(IServiceProvider services, TimeProvider time) : IRingStoreFactory
{
    public IRingStore Open(RewtOptions options)
    {
        var connection = new RedisConnection(services, options, time);
        var keys = new RedisKeys(options.Namespace);
        return new RedisRingStore(connection, keys, new RingHint(connection, keys.Channel, "look", time), time)
        {
            Instances = new RedisInstanceBook(connection, keys, time),
        };
    }

    public ITenantStore OpenTenants(RewtOptions options) => new RedisTenantStore(new RedisConnection(services, options, time), options, time);
}
