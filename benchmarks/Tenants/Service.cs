using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Benchmarks.Tenants;

/// <summary>The key handling of one instance of a service.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Service(RedisProcess redis, string name)
    {
        _services = new ServiceCollection().AddRewtKeys(options =>
        {
            (options.Redis, options.ServiceName, options.Tenants) = (redis.ConnectionString, name, true);
        }).BuildServiceProvider();
        Tenants = _services.GetRequiredService<IRewtTenants>();
    }

    public IRewtTenants Tenants { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
