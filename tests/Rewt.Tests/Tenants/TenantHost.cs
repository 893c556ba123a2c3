using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Tenants;

/// <summary>A service whose callers are of tenants, by its route /{tenant}/orders; it counts the calls that got in.</summary>
internal sealed class TenantHost(ServiceHost host) : IAsyncDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = host.Address };
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public Uri Address => host.Address;

    public IServiceProvider Services => host.Services;

    public IRewtTenants Tenants => host.Services.GetRequiredService<IRewtTenants>();

    public static async Task<TenantHost> StartAsync(
        RedisServer? redis,
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        string name = "inventory",
        Action<WebApplication>? map = null)
    {
        TenantHost? started = null;
        var host = await ServiceHost.StartAsync(
            redis?.ConnectionString,
            name,
            options =>
            {
                options.Tenants = true;
                settings?.Invoke(options);
            },
            builder =>
            {
                builder.Services.AddAuthentication().AddRewtTenantSelector(context => context.Request.RouteValues["tenant"] as string);
                configure?.Invoke(builder);
            },
            app =>
            {
                app.MapGet("/{tenant}/orders", (ClaimsPrincipal user) =>
                {
                    Interlocked.Increment(ref started!._calls);
                    return $"{user.FindFirstValue("tenant")} {user.FindFirstValue("userId")}";
                }).RequireAuthorization();
                map?.Invoke(app);
            });
        started = new TenantHost(host);
        return started;
    }

    public HttpClient Client(string name) => host.Client(name);

    public async Task<HttpResponseMessage> CallAsync(string tenant, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{tenant}/orders");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpStatusCode> StatusAsync(string tenant, string? token)
    {
        using var response = await CallAsync(tenant, token);
        return response.StatusCode;
    }

    public Task<string> SignAsync(string tenant, string audience = "inventory") =>
        Tenants.Tokens(tenant).CreateBearerAsync(audience, cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await host.DisposeAsync();
    }
}
