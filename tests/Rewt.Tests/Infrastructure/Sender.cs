using System.Diagnostics.Metrics;

namespace Rewt.Tests.Infrastructure;

/// <summary>A worker that only sends: a container with clients and a ring in memory.</summary>
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

    /// <summary>What the counter rewt.client.retries has counted.</summary>
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

    /// <summary>One client whose BaseAddress is the callee.</summary>
    public static Sender For(Uri callee, Action<RewtSigningOptions>? signing = null) => For(callee.AbsoluteUri, signing);

    /// <summary>One client, with handlers of its own in front of the signing one and behind it.</summary>
    public static Sender For(
        string? baseAddress,
        Action<RewtSigningOptions>? signing = null,
        Func<DelegatingHandler>? above = null,
        Func<DelegatingHandler>? below = null,
        HttpMessageHandler? primary = null,
        Action<RewtOptions>? settings = null) => Create(
        services =>
        {
            var client = services.AddHttpClient(Client, http => http.BaseAddress = baseAddress is null ? null : new Uri(baseAddress));
            if (above is not null) client.AddHttpMessageHandler(above);
            client.AddRewtSigning(options =>
            {
                options.Audience = "inventory";
                signing?.Invoke(options);
            });
            if (below is not null) client.AddHttpMessageHandler(below);
            if (primary is not null) client.ConfigurePrimaryHttpMessageHandler(() => primary);
        },
        settings: settings);

    public HttpClient Http(string name = Client) => _services.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    public Task<HttpResponseMessage> GetAsync(string address) => Http().GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), Cancellation);

    /// <summary>Revokes the current key, so that the next token is signed with another one.</summary>
    public async Task LoseKeyAsync() =>
        await Ring.RevokeAsync((await Ring.GetAsync(Cancellation)).Current!.KeyId, Cancellation);

    /// <summary>What the host does before it starts anything.</summary>
    public void Validate() => _services.GetRequiredService<IStartupValidator>().Validate();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }
}
