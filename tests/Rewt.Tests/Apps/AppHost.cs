using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Apps;

/// <summary>A service on Kestrel that takes API keys and trades them, and counts the calls that get through.</summary>
internal sealed class AppHost : IAsyncDisposable
{
    private readonly ServiceHost _host;
    private int _calls;

    private AppHost(ServiceHost host)
    {
        _host = host;
        Http = new HttpClient { BaseAddress = host.Address };
    }

    /// <summary>How often code of an endpoint ran.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public HttpClient Http { get; }

    public ServiceHost Host => _host;

    public IRewtApps Apps => _host.Services.GetRequiredService<IRewtApps>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<AppHost> StartAsync(
        string? redis = null,
        string serviceName = "orders",
        Action<RewtOptions>? settings = null,
        Action<RewtApiKeyOptions>? apiKeys = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        AppHost? made = null;
        var host = await ServiceHost.StartAsync(
            redis,
            serviceName,
            settings,
            builder =>
            {
                // Larger than Kestrel's own limit, so that our own is seen.
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20);
                builder.Services.AddAuthentication().AddRewtApiKeys(apiKeys);
                configure?.Invoke(builder);
            },
            application =>
            {
                application.MapGet("/counted", Count).RequireAuthorization();
                application.MapGet("/acme-only", Count).RequireCaller("app:acme");
                application.MapGet("/orders-only", Count).RequireCaller("orders");
                application.MapGet("/both", Count).RequireCaller("shipping", "app:acme");
                application.MapGet("/iss-orders", Count).RequireAuthorization(policy => policy.RequireClaim("iss", "orders"));
                application.MapGet("/readers", Count).RequireAuthorization(policy => policy.RequireClaim("scope", "read"));
                application.MapRewtTokenEndpoint();

                string? Count(ClaimsPrincipal user)
                {
                    Interlocked.Increment(ref made!._calls);
                    return user.Identity?.Name;
                }
            });
        return made = new AppHost(host);
    }

    public Task<RewtNewApiKey> AddAcmeAsync(string id = "acme", string[]? audiences = null, string[]? scopes = null, DateTimeOffset? expiresAt = null) =>
        Apps.AddAsync(new RewtApp(id) { Name = "Acme", Owner = "ops@acme.example", Audiences = audiences ?? ["orders"], Scopes = scopes ?? [] }, expiresAt, Cancellation);

    /// <summary>The answer to GET with these headers, each as often as it is given.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await Http.SendAsync(request, Cancellation);
    }

    public async Task<HttpStatusCode> StatusAsync(string key, string path = "/counted")
    {
        using var response = await GetAsync(path, ("Authorization", "ApiKey " + key));
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
    }
}
