using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rewt.Tests.Sending;

/// <summary>A callee that learns of a revocation within milliseconds and a caller that does not, on one Redis.</summary>
public sealed class RevocationFleet : IAsyncLifetime
{
    private readonly RequestCounter _counter = new();
    private readonly List<byte[]> _bodies = [];
    private RedisServer? _redis;
    private TestService? _inventory;
    private TestService? _orders;

    /// <summary>How many requests the callee has seen, refused ones too.</summary>
    public int Requests => _counter.Count;

    /// <summary>What the endpoint of the callee has read, one entry for each time it ran.</summary>
    public IReadOnlyList<byte[]> Bodies => _bodies;

    public HttpClient Client => _orders!.Client("inventory");

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _inventory = await TestService.StartAsync(
            _redis.ConnectionString,
            settings: options => options.RefreshInterval = TimeSpan.FromMilliseconds(200),
            configure: builder =>
            {
                builder.Services.AddSingleton<IStartupFilter>(_counter);
                builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = null);
            },
            map: application => application.MapPost("/keep", async (HttpContext context, CancellationToken cancellationToken) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, cancellationToken);
                _bodies.Add(body.ToArray());
                return TypedResults.Ok();
            }).RequireAuthorization());
        _orders = await TestService.StartAsync(
            _redis.ConnectionString,
            "orders",
            options => options.RefreshInterval = TimeSpan.FromMinutes(5),
            builder =>
            {
                builder.Services.WithoutPush();
                builder.Services.AddHttpClient("inventory", client => client.BaseAddress = _inventory.Address).AddRewtSigning("inventory");
            });
    }

    /// <summary>DEL, and waits until the callee refuses what the caller still signs with; nothing is counted until then.</summary>
    public async Task RevokeAsync()
    {
        var old = await _orders!.Tokens.CreateBearerAsync("inventory", cancellationToken: TestContext.Current.CancellationToken);
        await _redis!.DelAsync("rewt:rewt-secret");
        await Eventually.TrueAsync(
            async () => !(await _inventory!.Tokens.VerifyBearerAsync(old, TestContext.Current.CancellationToken)).IsValid,
            TimeSpan.FromSeconds(5),
            "the callee refuses the old key");
    }

    public async ValueTask DisposeAsync()
    {
        if (_orders is not null) await _orders.DisposeAsync();
        if (_inventory is not null) await _inventory.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }
}
