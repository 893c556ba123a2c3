using Microsoft.AspNetCore.TestHost;

namespace Rewt.Tests.Infrastructure;

/// <summary>
/// Hosts a service on Kestrel or on an in-process TestServer. It has an anonymous endpoint /open, endpoints that require a token (/secure returns the claims,
/// /caller returns the name, /echo and /counted), and the endpoints that a test maps.
/// </summary>
public sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _calls;

    private TestService(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.Single());

    /// <summary>Gets a client without signing. It keeps cookies and follows no redirects.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _application.Services;

    /// <summary>Gets the provider of the key ring of the main scheme.</summary>
    internal KeyRingProvider Provider => Services.GetRequiredService<KeyRingRegistry>().Provider(Services.GetRequiredKeyedService<RewtOptions>(string.Empty).Namespace);

    public IRewtKeyRing Ring => Services.GetRequiredService<IRewtKeyRing>();

    public IRewtTokens Tokens => Services.GetRequiredService<IRewtTokens>();

    public IRewtSignedData Data => Services.GetRequiredService<IRewtSignedData>();

    public CapturedLog Log { get; } = new();

    /// <summary>Gets the number of calls that reached <see cref="Count"/>.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Gets the in-memory key ring that a test registered with <see cref="HostAsync"/>.</summary>
    internal SharedMemoryRing Memory => (SharedMemoryRing)Services.GetRequiredService<IRingStoreFactory>();

    /// <summary>Starts a service with AddRewtAuthentication.</summary>
    /// <param name="redis">The Redis connection string, or null to keep the keys in memory.</param>
    /// <param name="name">The name of the service.</param>
    /// <param name="settings">Configures the options.</param>
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

    /// <summary>Starts a service with only the registrations of the test.</summary>
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

            // An abandoned response stream is closed immediately instead of being drained.
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

    /// <summary>Waits until the doctor has examined the server. It sends no commands in the ten minutes that follow.</summary>
    public Task WaitForDoctorAsync() => Eventually.TrueAsync(() => Services.GetRequiredService<DoctorReports>().All.Any(), "the doctor has examined the server");

    /// <summary>An endpoint that counts its calls and returns the name of the caller.</summary>
    public string? Count(ClaimsPrincipal user)
    {
        Interlocked.Increment(ref _calls);
        return user.Identity?.Name;
    }

    /// <summary>Creates a client of the service's client factory, with the registrations of the test.</summary>
    public HttpClient Client(string name) => Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    /// <summary>Sends a GET request with the given Authorization headers, unchanged.</summary>
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
