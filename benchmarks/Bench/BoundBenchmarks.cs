using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Rewt.Internal;

namespace Rewt.Benchmarks;

/// <summary>Compares a token that is bound to its request and a body of 64 bytes with a plain token: signing, and authenticating a token never seen.</summary>
public class BoundBenchmarks
{
    private const RequestBinding All = RequestBinding.Target | RequestBinding.Body;

    private readonly byte[] _body = [.. Enumerable.Range(0, 64).Select(value => (byte)value)];
    private readonly HttpRequestMessage _request = new(HttpMethod.Post, "https://inventory.example/stock/7?count=1");
    private readonly string[] _plain = new string[Program.IsDry ? 64 : 1 << 15];
    private readonly string[] _bound = new string[Program.IsDry ? 64 : 1 << 15];
    private ServiceProvider _services = null!;
    private BearerTokenCache _tokens = null!;
    private IRewtTokens _signer = null!;
    private Receiver _receiver = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _request.Content = new ByteArrayContent(_body);
        _services = new ServiceCollection().AddRewtInMemoryKeys(Receiver.Settings).AddHttpClient("x").AddRewtSigning("inventory").Services.BuildServiceProvider();
        (_tokens, _signer) = (_services.GetRequiredKeyedService<BearerTokenCache>(string.Empty), _services.GetRequiredService<IRewtTokens>());
        _receiver = Receiver.Rewt(SecurityAlgorithms.HmacSha256);
        var signer = _receiver.Services.GetRequiredKeyedService<TokenSigners>(string.Empty).For(null);
        var binding = (await BoundRequest.BindAsync(_request, All, isOneTime: false, 1024, CancellationToken.None))!.Binding;
        for (var i = 0; i < _plain.Length; i++)
        {
            _plain[i] = "Bearer " + (await signer.SignBearerAsync("inventory", null, null, CancellationToken.None)).Value;
            _bound[i] = "Bearer " + (await signer.SignBearerAsync("inventory", null, binding, CancellationToken.None)).Value;
        }

        if (!Prepare() || !await PlainAsync() || !await BoundAsync()) throw new InvalidOperationException("The benchmarked operation does not work.");

        if (!Program.IsDry) await WarmUp.RunAsync(PlainAsync, BoundAsync, SignPlainAsync, SignBoundAsync);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        _request.Dispose();
        await _services.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Benchmark]
    public bool Prepare()
    {
        using var scope = _receiver.Services.CreateScope();
        return Context(scope, _plain[0]).Request.Headers.Count == 1;
    }

    [Benchmark(Baseline = true)]
    public Task<bool> PlainAsync() => AuthenticateAsync(_plain[Next()]);

    [Benchmark]
    public Task<bool> BoundAsync() => AuthenticateAsync(_bound[Next()]);

    [Benchmark]
    public Task<string> SignPlainAsync() => _signer.CreateBearerAsync("inventory");

    [Benchmark]
    public async Task<string> SignBoundAsync()
    {
        var bound = await BoundRequest.BindAsync(_request, All, isOneTime: true, 1024, CancellationToken.None);
        return (await _tokens.GetAsync(null, "inventory", null, bound, fresh: false, CancellationToken.None)).KeyId.ToString();
    }

    private int Next() => _next = (_next + 1) % _plain.Length;

    private HttpContext Context(IServiceScope scope, string header)
    {
        var context = _receiver.Context(scope, header);
        (context.Request.Method, context.Request.Body, context.Request.ContentLength) = ("POST", new OneTimeStream(_body), null);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/stock/7?count=1";
        return context;
    }

    private async Task<bool> AuthenticateAsync(string header)
    {
        using var scope = _receiver.Services.CreateScope();
        var context = Context(scope, header);
        var isAccepted = await Receiver.AuthenticateAsync(context);
        // A server does this at the end of a request, so that the buffer of the body returns to its pool.
        await context.Request.Body.DisposeAsync();
        return isAccepted;
    }

    /// <summary>A body that can be read once, as in a server.</summary>
    private sealed class OneTimeStream(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}
