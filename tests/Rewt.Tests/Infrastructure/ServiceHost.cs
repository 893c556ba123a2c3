using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Tests.Infrastructure;

/// <summary>A service on a real Kestrel: /open for all, /secure and /echo for callers with a token, and a client that signs.</summary>
public sealed class ServiceHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ServiceHost(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    public IServiceProvider Services => _application.Services;

    public IRewtKeyRing Ring => Services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => Services.GetRequiredService<IRewtTokens>();

    /// <param name="redis">A connection string; null keeps the keys in memory.</param>
    /// <param name="serviceName">The service's name.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="map">Further endpoints.</param>
    public static async Task<ServiceHost> StartAsync(
        string? redis,
        string serviceName = "inventory",
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        if (redis is null) builder.Services.AddRewtInMemory();
        builder.Services.AddRewtAuthentication(options =>
        {
            options.Redis = redis;
            options.ServiceName = serviceName;
            settings?.Invoke(options);
        });
        configure?.Invoke(builder);

        var application = builder.Build();
        application.UseAuthentication();
        application.UseAuthorization();
        application.MapGet("/open", () => "open");
        application.MapGet("/secure", (ClaimsPrincipal user) => user.Claims.Select(claim => $"{claim.Type}={claim.Value}")).RequireAuthorization();
        application.MapPost("/echo", async (HttpContext context) => await context.Request.Body.CopyToAsync(context.Response.Body)).RequireAuthorization();
        map?.Invoke(application);
        await application.StartAsync();
        return new ServiceHost(application);
    }

    /// <summary>A client of the host's own factory that signs for a callee; made anew at each call from one named registration.</summary>
    public HttpClient Client(string name) => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
