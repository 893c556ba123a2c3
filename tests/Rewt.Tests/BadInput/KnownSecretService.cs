using Microsoft.AspNetCore.Authorization;

namespace Rewt.Tests.BadInput;

/// <summary>Represents a service on Kestrel with the secret of <see cref="TokenForge"/> and a fixed clock, which counts the accepted calls.</summary>
public sealed class KnownSecretService : IAsyncLifetime
{
    private readonly FixedClock _clock = new();
    private TestService? _host;

    /// <summary>Gets the number of calls that the endpoint has received.</summary>
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
                // No poll reads the store during a test.
                options.RefreshInterval = TimeSpan.FromHours(1);
                options.ClockSkew = TimeSpan.FromSeconds(30);
            },
            configure: builder =>
            {
                // Larger than Kestrel's default, so that the limit of Rewt applies.
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20);
                builder.Services.AddSingleton<TimeProvider>(_clock);
                builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(new KnownSecretStoreFactory(_clock)));
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

    internal Task<HttpResponseMessage> CallWithAuthorizationAsync(string path, params string[] authorization) => Host.GetAsync(path, authorization);
}
