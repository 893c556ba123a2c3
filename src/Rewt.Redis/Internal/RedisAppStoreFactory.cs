namespace Rewt.Internal;

/// <summary>Opens the apps of a namespace in Redis.</summary>
internal sealed class RedisAppStoreFactory(IServiceProvider services, TimeProvider time) : IAppStoreFactory
{
    public IAppStore Open(RewtOptions options) => new RedisAppStore(new RedisConnection(services, options, time), options, time);
}
