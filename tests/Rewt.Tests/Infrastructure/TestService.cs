using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Infrastructure;

/// <summary>
/// The one way to host a service: /open for all, /secure (the claims), /caller (the name), /echo and /counted for callers with a token, and what a
/// test registers and maps. On Kestrel, or in process on a TestServer.
/// </summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _calls;

    private TestService(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>A client that sends what it is told, keeps cookies and follows no redirect.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    public IRewtKeyRing Ring => Services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => Services.GetRequiredService<IRewtTokens>();

    public IRewtSignedData Data => Services.GetRequiredService<IRewtSignedData>();

    public CapturedLog Log { get; } = new();

    /// <summary>How often <see cref="Count"/> ran: once for each call that got through to a counted endpoint.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The keys that <see cref="HostAsync"/> put in memory.</summary>
    internal SharedMemoryRing Memory => (SharedMemoryRing)Services.GetRequiredService<IRingStoreFactory>();

    /// <summary>A service with AddRewtAuthentication.</summary>
    /// <param name="redis">A connection string; null keeps the keys in memory.</param>
    /// <param name="name">The service's name.</param>
    /// <param name="settings">Settings of the keys.</param>
    /// <param name="configure">Further registrations.</param>
    /// <param name="map">Further endpoints.</param>
    public static Task<TestService> StartAsync(
        string? redis,
        string name = "inventory",
        Action<RewtOptions>? settings = null,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null) => HostAsync(
        builder =>
        {
            if (redis is null) builder.Services.AddRewtInMemoryKeys();
            builder.Services.AddRewtAuthentication(options =>
            {
                (options.Redis, options.ServiceName) = (redis, name);
                settings?.Invoke(options);
            });
            configure?.Invoke(builder);
        },
        map);

    /// <summary>A service with nothing but what the test registers.</summary>
    public static async Task<TestService> HostAsync(Action<WebApplicationBuilder> register, Action<WebApplication>? map = null, bool inProcess = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (inProcess) builder.WebHost.UseTestServer();
        else builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        register(builder);

        var application = builder.Build();
        var service = new TestService(application);
        try
        {
            application.Services.GetRequiredService<ILoggerFactory>().AddProvider(service.Log);
            application.UseAuthentication();
            application.UseAuthorization();
            application.MapGet("/open", () => "open");
            application.MapGet("/secure", (ClaimsPrincipal user) => string.Join('\n', user.Claims.Select(claim => $"{claim.Type}={claim.Value}"))).RequireAuthorization();
            application.MapGet("/caller", (ClaimsPrincipal user) => user.Identity?.Name).RequireAuthorization();
            application.MapGet("/counted", service.Count).RequireAuthorization();
            application.MapPost("/echo", async (HttpContext context) => await context.Request.Body.CopyToAsync(context.Response.Body)).RequireAuthorization();
            map?.Invoke(application);
            await application.StartAsync(Cancellation);

            // Streams that are left are left at once, not read on for a while in hope of their end.
            service.Http = inProcess
                ? application.GetTestClient()
                : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ResponseDrainTimeout = TimeSpan.Zero }) { BaseAddress = service.Address };
            return service;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>An endpoint that counts its calls and says who called.</summary>
    public string? Count(ClaimsPrincipal user)
    {
        Interlocked.Increment(ref _calls);
        return user.Identity?.Name;
    }

    /// <summary>A client of the service's own factory, which signs as the test registered it.</summary>
    public HttpClient Client(string name) => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    /// <summary>GET with these Authorization headers, as they are.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, params string[] authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var value in authorization) request.Headers.TryAddWithoutValidation("Authorization", value).ShouldBeTrue();
        return await Http.SendAsync(request, Cancellation);
    }

    public Task<HttpResponseMessage> CallAsync(string token, string path = "/counted") => GetAsync(path, "Bearer " + token);

    public Task StopAsync(CancellationToken cancellationToken) => _application.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.DisposeAsync();
    }
}
