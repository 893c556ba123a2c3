namespace Rewt.Internal;

/// <summary>Opens the Redis store of a namespace's trusted apps, each with a connection of its own.</summary>
internal sealed class RedisAppStoreFactory(IServiceProvider services, TimeProvider time) : IAppStoreFactory
{
    public IAppStore Open(RewtOptions options) => new RedisAppStore(new RedisConnection(services, options, time), options, time);
}
