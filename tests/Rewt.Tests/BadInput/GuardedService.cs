using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rewt.Internal;
using Rewt.Tests.Infrastructure;

namespace Rewt.Tests.BadInput;

/// <summary>A service on Kestrel whose secret the forge knows and whose clock stands still; it counts the calls that get through.</summary>
public sealed class GuardedService : IAsyncLifetime
{
    private readonly FixedClock _clock = new();
    private ServiceHost? _host;
    private HttpClient? _client;
    private int _calls;

    /// <summary>How often code of the endpoint ran.</summary>
    public int Calls => Volatile.Read(ref _calls);

    internal TokenForge Forge { get; } = new(FixedClock.Now.ToUnixTimeSeconds());

    public ServiceHost Host => _host!;

    public HttpClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(
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
            map: application =>
            {
                application.MapGet("/counted", () => Interlocked.Increment(ref _calls)).RequireAuthorization();
                application.MapGet("/users", [Authorize("users")] () => Interlocked.Increment(ref _calls));
            });
        _client = new HttpClient { BaseAddress = _host.Address };
        await _host.Ring.GetAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
    }

    internal Task<HttpResponseMessage> CallAsync(string token, string path = "/counted") => CallWithAsync(path, "Bearer " + token);

    internal async Task<HttpResponseMessage> CallWithAsync(string path, params string[] authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var value in authorization) request.Headers.TryAddWithoutValidation("Authorization", value).ShouldBeTrue();
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
