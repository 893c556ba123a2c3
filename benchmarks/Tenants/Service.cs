using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Rewt.Benchmarks.Tenants;

/// <summary>The key handling of one instance of a service.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Service(RedisProcess redis, string name, TimeSpan refresh, bool hasTenants = true)
    {
        var services = new ServiceCollection();
        services.AddRewtAuthentication(options =>
        {
            (options.Redis, options.ServiceName, options.Tenants.Enabled) = (redis.ConnectionString, name, hasTenants);
            (options.RefreshInterval, options.TokenLifetime, options.MaxTokenLifetime) = (refresh, TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        });
        _services = services.BuildServiceProvider();
    }

    public IRewtTenants Tenants => _services.GetRequiredService<IRewtTenants>();

    public IRewtTokens Tokens => _services.GetRequiredService<IRewtTokens>();

    /// <summary>Authenticates a request as the middleware does.</summary>
    public async Task<bool> AuthenticateAsync(string token)
    {
        using var scope = _services.CreateScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = "Bearer " + token;
        return (await context.AuthenticateAsync()).Succeeded;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
