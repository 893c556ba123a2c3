using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Benchmarks.Tenants;

/// <summary>The key handling of one instance of a service.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Service(RedisProcess redis, string name, TimeSpan refresh, bool hasTenants = true)
    {
        _services = new ServiceCollection().AddRewtKeys(options =>
        {
            (options.Redis, options.ServiceName, options.Tenants) = (redis.ConnectionString, name, hasTenants);
            (options.RefreshInterval, options.TokenLifetime, options.MaxTokenLifetime) = (refresh, TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        }).BuildServiceProvider();
    }

    public IRewtTenants Tenants => _services.GetRequiredService<IRewtTenants>();

    public IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
