namespace Rewt.Internal;

/// <summary>Opens the store in Redis that contains the trusted apps of a namespace. Each store has a Redis connection of its own.</summary>
internal sealed class RedisAppStoreFactory(IServiceProvider services, TimeProvider time) : IAppStoreFactory
{
    public IAppStore Open(RewtOptions options) => new RedisAppStore(new RedisConnection(services, options, time, KeyMode.SharedSecret), options, time);
}
