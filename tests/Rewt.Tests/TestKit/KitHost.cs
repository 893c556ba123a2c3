using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rewt.Tests.TestKit;

/// <summary>A service under test as its team would start it on a TestServer: /secure says who called, /headers what headers the application saw.</summary>
internal sealed class KitHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private KitHost(WebApplication application) => _application = application;

    public IServiceProvider Services => _application.Services;

    /// <param name="ring">The ring; null lets the host have its own.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations, before the kit's.</param>
    /// <param name="more">Further schemes.</param>
    public static async Task<KitHost> StartAsync(
        RewtTestRing? ring, Action<RewtOptions>? settings = null, Action<IServiceCollection>? configure = null, Action<AuthenticationBuilder>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        var authentication = builder.Services.AddRewtAuthentication(options =>
        {
            options.ServiceName = "inventory";
            settings?.Invoke(options);
        });
        more?.Invoke(authentication);
        configure?.Invoke(builder.Services);
        builder.Services.AddRewtTesting(ring);

        var application = builder.Build();
        application.MapGet("/secure", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization();
        application.MapGet("/headers", (HttpContext context) => string.Join(',', context.Request.Headers.Keys.Order(StringComparer.Ordinal)));
        application.MapGet("/users", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization(
            policy => policy.AddAuthenticationSchemes(more is null ? RewtDefaults.AuthenticationScheme : "Users").RequireAuthenticatedUser());
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new KitHost(application);
    }

    public HttpClient Client() => _application.GetTestClient();

    public HttpClient ClientOf(string service, string? tenant = null) => Client().WithRewtIdentity(service, tenant: tenant);

    public async Task<HttpStatusCode> SendAsync(string token, string path = "/secure")
    {
        using var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await StatusAsync(client, path);
    }

    public static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path = "/secure")
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public static Task<string> GetAsync(HttpClient client, string path = "/secure") =>
        client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}
