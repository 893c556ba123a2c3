using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Rewt.Internal;

namespace Rewt.Benchmarks;

/// <summary>Measures attaching a cached token to a request, and all handlers of a signing client without sending.</summary>
public class AttachBenchmarks
{
    private const string CachedToken = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxMjM0NTY3ODlhYmNkZWZnaGlqa2wiLCJ0eXAiOiJyZXd0K2p3dCJ9.e30.c2lnbmF0dXJl";

    private readonly HttpRequestMessage _request = new(HttpMethod.Get, "https://inventory.example/");
    private ServiceProvider _services = null!;
    private BearerTokenCache _tokens = null!;
    private HttpClient _signed = null!;
    private HttpClient _bare = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var services = new ServiceCollection().AddLogging().AddRewtInMemoryKeys(Receiver.Settings);
        services.AddHttpClient("signed", client => client.BaseAddress = new Uri("https://inventory.example"))
            .AddRewtSigning("inventory").ConfigurePrimaryHttpMessageHandler(() => new NoSendHandler());
        services.AddHttpClient("bare", client => client.BaseAddress = new Uri("https://inventory.example"))
            .ConfigurePrimaryHttpMessageHandler(() => new NoSendHandler());
        _services = services.BuildServiceProvider();
        _tokens = _services.GetRequiredKeyedService<BearerTokenCache>(string.Empty);
        var clients = _services.GetRequiredService<IHttpClientFactory>();
        (_signed, _bare) = (clients.CreateClient("signed"), clients.CreateClient("bare"));
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _signed.Dispose();
        _bare.Dispose();
        _request.Dispose();
        await _services.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public void Peer() => _request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", CachedToken);

    [Benchmark]
    public async ValueTask AttachAsync() =>
        _request.Headers.Authorization = (await _tokens.GetAsync(null, "inventory", null, null, fresh: false, CancellationToken.None)).Header;

    [Benchmark]
    public async Task BareClientAsync()
    {
        using var response = await _bare.GetAsync("/stock/7");
    }

    [Benchmark]
    public async Task SignedClientAsync()
    {
        using var response = await _signed.GetAsync("/stock/7");
    }

    private sealed class NoSendHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { RequestMessage = request });
    }
}
