using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

/// <summary>Provides a callee that receives a revocation within milliseconds and a caller that learns of it only when the callee refuses its request.</summary>
public sealed class RevocationFixture : IAsyncLifetime
{
    private readonly RequestCounter _counter;
    private readonly List<byte[]> _bodies = [];
    private RedisServer? _redis;
    private TestService? _inventory;
    private TestService? _orders;
    private FaultyRingStore? _store;

    public RevocationFixture() => _counter = new RequestCounter(() => _store?.Release());

    /// <summary>Gets the number of requests that the callee received, including refused ones.</summary>
    public int Requests => _counter.Count;

    /// <summary>Gets the bodies that the endpoint of the callee read, one per execution.</summary>
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
            map: application =>
            {
                application.MapPost("/keep", RecordBodyAsync).RequireAuthorization();
                application.MapPost("/once", RecordBodyAsync).RequireBoundToken(body: true).RequireOneTimeToken();
            });
        _orders = await TestService.StartAsync(
            _redis.ConnectionString,
            "orders",
            options => options.RefreshInterval = TimeSpan.FromMinutes(5),
            builder =>
            {
                var options = new RewtOptions { Redis = _redis.ConnectionString };
                builder.Services.Replace(ServiceDescriptor.Singleton<IRingStoreFactory>(provider => new SingleRingStoreFactory(
                    _store = new FaultyRingStore(new RedisRingStoreFactory(provider, TimeProvider.System).Open(options)) { DropsPushes = true })));
                builder.Services.AddHttpClient("inventory", client => client.BaseAddress = _inventory.Address).AddRewtSigning("inventory");
            });
    }

    /// <summary>
    /// Deletes the secret and waits until the callee refuses the key of the caller. The caller reads Redis again only when its next request arrives.
    /// </summary>
    public async Task RevokeAsync()
    {
        await _orders!.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await _store!.HoldAllAsync();
        var old = await _orders.Tokens.CreateBearerAsync("inventory", cancellationToken: Cancellation);
        await _redis!.DelAsync("rewt:rewt-secret");
        await Eventually.TrueAsync(
            async () => !(await _inventory!.Tokens.VerifyBearerAsync(old, Cancellation)).IsValid,
            "the callee refuses the old key");
    }

    private async Task RecordBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _bodies.Add(body.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        if (_orders is not null) await _orders.DisposeAsync();
        if (_inventory is not null) await _inventory.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }
}
