using BenchmarkDotNet.Attributes;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Measures the authentication of a request with one algorithm, from the header to the ticket.</summary>
public abstract class AuthenticateBenchmarks
{
    private readonly string[] _rewtTokens;
    private readonly string[] _peerTokens;
    private readonly string _algorithm;
    private Receiver _rewt = null!;
    private Receiver _peer = null!;
    private Receiver _nothing = null!;
    private int _next;

    /// <summary>Creates the benchmarks of one algorithm.</summary>
    /// <param name="algorithm">The algorithm (<c>alg</c>).</param>
    /// <param name="tokens">The number of tokens; more than the receiver caches, so that each token counts as new.</param>
    protected AuthenticateBenchmarks(string algorithm, int tokens)
    {
        var count = Program.IsDry ? 64 : tokens;
        (_algorithm, _rewtTokens, _peerTokens) = (algorithm, new string[count], new string[count]);
    }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var (privateKey, publicKey) = Receiver.NewKeys(_algorithm);
        (_rewt, _peer, _nothing) = (Receiver.Rewt(_algorithm), Receiver.JwtBearer(publicKey), Receiver.Nothing());
        for (var i = 0; i < _rewtTokens.Length; i++)
        {
            _rewtTokens[i] = "Bearer " + await _rewt.Tokens.CreateBearerAsync("inventory");
            _peerTokens[i] = "Bearer " + PeerTokens.Create(new SigningCredentials(privateKey, _algorithm));
        }

        for (var i = 0; i < 3; i++) await SeenAsync();
        if (!await SeenAsync() || !await NothingAsync() || !await PeerAsync() || !await NeverSeenAsync() || await ForgedAsync() || await PeerForgedAsync())
        {
            throw new InvalidOperationException("The benchmarked operation does not work.");
        }

        if (!Program.IsDry) await WarmUp.RunAsync(NothingAsync, PeerAsync, SeenAsync, NeverSeenAsync, PeerForgedAsync, ForgedAsync);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _rewt.DisposeAsync();
        await _peer.DisposeAsync();
        await _nothing.DisposeAsync();
    }

    [Benchmark]
    public bool Context() => _rewt.Prepare(_rewtTokens[0]);

    [Benchmark]
    public Task<bool> NothingAsync() => _nothing.AuthenticateAsync(_rewtTokens[0]);

    [Benchmark(Baseline = true)]
    public Task<bool> PeerAsync() => _peer.AuthenticateAsync(Next(_peerTokens));

    [Benchmark]
    public Task<bool> SeenAsync() => _rewt.AuthenticateAsync(_rewtTokens[0]);

    [Benchmark]
    public Task<bool> NeverSeenAsync() => _rewt.AuthenticateAsync(Next(_rewtTokens));

    [Benchmark]
    public Task<bool> PeerForgedAsync() => _peer.AuthenticateAsync(Forged(_peerTokens));

    [Benchmark]
    public Task<bool> ForgedAsync() => _rewt.AuthenticateAsync(Forged(_rewtTokens));

    private string Next(string[] tokens)
    {
        // The first token is reserved for the benchmark of cached tokens.
        _next = (_next + 1) % (tokens.Length - 1);
        return tokens[_next + 1];
    }

    /// <summary>Returns a token with the signature of another token.</summary>
    private string Forged(string[] tokens)
    {
        var token = Next(tokens);
        return string.Concat(token.AsSpan(0, token.LastIndexOf('.')), tokens[0].AsSpan(tokens[0].LastIndexOf('.')));
    }
}
