using System.Diagnostics.Metrics;

namespace Rewt.Tests.Infrastructure;

/// <summary>A worker that only sends requests: a service container with HTTP clients and an in-memory key ring.</summary>
internal sealed class Sender : IAsyncDisposable
{
    public const string Client = "inventory";

    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private long _retries;

    private Sender(ServiceProvider services, SharedMemoryRing ring)
    {
        (_services, Memory) = (services, ring);
        var meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "rewt.client.retries" && ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, _, _) => Interlocked.Add(ref _retries, measurement));
        _listener.Start();
    }

    public SharedMemoryRing Memory { get; }

    public IServiceProvider Services => _services;

    public IRewtKeyRing Ring => _services.GetRequiredService<IRewtKeyRing>();

    /// <summary>Gets the value of the counter rewt.client.retries.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    public static Sender Create(Action<IServiceCollection> configure, SharedMemoryRing? ring = null, Action<RewtOptions>? settings = null)
    {
        ring ??= new SharedMemoryRing();
        var services = new ServiceCollection();
        services.AddSingleton<IRingStoreFactory>(ring);
        services.AddRewtKeys(options =>
        {
            options.ServiceName = "orders";
            settings?.Invoke(options);
        });
        services.AddMetrics();
        configure(services);
        return new Sender(services.BuildServiceProvider(), ring);
    }

    /// <summary>Creates a sender with one client whose BaseAddress is the callee.</summary>
    public static Sender For(Uri callee, Action<RewtSigningOptions>? signing = null) => For(callee.AbsoluteUri, signing);

    /// <summary>Creates a sender with one client, optionally with handlers outside and inside the signing handler.</summary>
    public static Sender For(
        string? baseAddress,
        Action<RewtSigningOptions>? signing = null,
        Func<DelegatingHandler>? outer = null,
        Func<DelegatingHandler>? inner = null,
        HttpMessageHandler? primary = null,
        Action<RewtOptions>? settings = null) => Create(
        services =>
        {
            var client = services.AddHttpClient(Client, http => http.BaseAddress = baseAddress is null ? null : new Uri(baseAddress));
            if (outer is not null) client.AddHttpMessageHandler(outer);
            client.AddRewtSigning(options =>
            {
                options.Audience = "inventory";
                signing?.Invoke(options);
            });
            if (inner is not null) client.AddHttpMessageHandler(inner);
            if (primary is not null) client.ConfigurePrimaryHttpMessageHandler(() => primary);
        },
        settings: settings);

    public HttpClient Http(string name = Client) => _services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public Task<HttpResponseMessage> GetAsync(string address) => Http().GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), Cancellation);

    /// <summary>Revokes the current key, so that the next token is signed with another key.</summary>
    public async Task RevokeCurrentKeyAsync() =>
        await Ring.RevokeAsync((await Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);

    /// <summary>Validates the options, as a host does before it starts its services.</summary>
    public void Validate() => _services.GetRequiredService<IStartupValidator>().Validate();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }
}
