using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rewt.Internal;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.Receiving;

/// <summary>An application that receives, as the test registers it, on a ring in memory whose secret the test knows.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Receiver(WebApplication application, SharedMemoryRing ring)
    {
        (_application, Ring) = (application, ring);
        Client = application.GetTestClient();
    }

    public SharedMemoryRing Ring { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>AddRewtAuthentication for the service inventory, and what the test adds.</summary>
    public static Task<Receiver> StartAsync(Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null, SharedMemoryRing? ring = null) => RegisterAsync(
        builder =>
        {
            builder.Services.AddRewtAuthentication(options => options.ServiceName = "inventory");
            configure?.Invoke(builder.Services);
        },
        map,
        [],
        ring);

    /// <summary>Nothing but what the test registers.</summary>
    public static async Task<Receiver> RegisterAsync(
        Action<WebApplicationBuilder> register, Action<WebApplication>? map, Dictionary<string, string?> settings, SharedMemoryRing? ring = null)
    {
        ring ??= new SharedMemoryRing();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IRingStoreFactory>(ring);
        register(builder);

        var application = builder.Build();
        application.UseAuthentication();
        application.UseAuthorization();
        application.MapGet("/open", () => "open");
        application.MapGet("/secure", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization();
        map?.Invoke(application);
        await application.StartAsync();
        return new Receiver(application, ring);
    }

    public Task<HttpResponseMessage> GetAsync(string? authorization, string path = "/secure") =>
        SendAsync(request =>
        {
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }, path);

    public Task<HttpResponseMessage> GetWithTokenAsync(string token, string path = "/secure") =>
        SendAsync(request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token), path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(Action<HttpRequestMessage> prepare, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        prepare(request);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
