namespace Rewt.Tests.BadInput;

/// <summary>A service that only calls: one signed client, with handlers of its own in front of the signing one and behind it.</summary>
internal sealed class Sender : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Sender(
        string? baseAddress,
        Action<RewtSigningOptions>? signing = null,
        Func<DelegatingHandler>? above = null,
        Func<DelegatingHandler>? below = null,
        HttpMessageHandler? primary = null,
        Action<RewtOptions>? ring = null)
    {
        var services = new ServiceCollection();
        services.AddRewtInMemory(options =>
        {
            options.ServiceName = "orders";
            ring?.Invoke(options);
        });
        var client = services.AddHttpClient("callee", http => http.BaseAddress = baseAddress is null ? null : new Uri(baseAddress));
        if (above is not null) client.AddHttpMessageHandler(above);
        client.AddRewtSigning(options => signing?.Invoke(options));
        if (below is not null) client.AddHttpMessageHandler(below);
        if (primary is not null) client.ConfigurePrimaryHttpMessageHandler(() => primary);
        _services = services.BuildServiceProvider();
    }

    public HttpClient Client => _services.GetRequiredService<IHttpClientFactory>().CreateClient("callee");

    public async Task<HttpResponseMessage> GetAsync(string address) =>
        await Client.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
