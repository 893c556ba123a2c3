using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.BadInput;

/// <summary>A service on Kestrel whose secret the forge knows and whose clock stands still; it counts the calls that get through.</summary>
public sealed class GuardedService : IAsyncLifetime
{
    private readonly FixedClock _clock = new();
    private TestService? _host;

    /// <summary>How often code of the endpoint ran.</summary>
    public int Calls => Host.Calls;

    internal TokenForge Forge { get; } = new(FixedClock.Now.ToUnixTimeSeconds());

    public TestService Host => _host!;

    public HttpClient Client => Host.Http;

    public async ValueTask InitializeAsync()
    {
        _host = await TestService.StartAsync(
            null,
            settings: options =>
            {
                // Nothing but what a test does asks the store.
                options.RefreshInterval = TimeSpan.FromHours(1);
                options.ClockSkew = TimeSpan.FromSeconds(30);
            },
            configure: builder =>
            {
                // Larger than Kestrel's own limit, so that our own is seen.
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20);
                builder.Services.AddSingleton<TimeProvider>(_clock);
                builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new SeededStores(_clock)));
                builder.Services.AddAuthorizationBuilder()
                    .AddPolicy("users", policy => policy.RequireAuthenticatedUser().RequireClaim("userId"));
            },
            map: application => application.MapGet("/users", [Authorize("users")] (ClaimsPrincipal user) => Host.Count(user)));
        await _host.Ring.GetAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    internal Task<HttpResponseMessage> CallAsync(string token, string path = "/counted") => Host.CallAsync(token, path);

    internal Task<HttpResponseMessage> CallWithAsync(string path, params string[] authorization) => Host.GetAsync(path, authorization);
}
