namespace Rewt.Internal;

/// <summary>Opens app stores in Redis.</summary>
internal sealed class RedisAppStoreFactory(IServiceProvider services, TimeProvider time) : IAppStoreFactory
{
    public IAppStore Open(RewtOptions options) => new RedisAppStore(new RedisConnection(services, options, time), options, time);
}
