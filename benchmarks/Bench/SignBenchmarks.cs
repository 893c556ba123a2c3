using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Benchmarks;

/// <summary>Measures the signing of a new token.</summary>
public class SignBenchmarks
{
    private readonly SigningCredentials _credentials = new(Receiver.NewKeys(SecurityAlgorithms.HmacSha256).Private, SecurityAlgorithms.HmacSha256);
    private ServiceProvider _services = null!;
    private IRewtTokens _tokens = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _services = new ServiceCollection().AddRewtInMemoryKeys(Receiver.Settings).BuildServiceProvider();
        _tokens = _services.GetRequiredService<IRewtTokens>();
    }

    [GlobalCleanup]
    public ValueTask CleanUpAsync() => _services.DisposeAsync();

    [Benchmark(Baseline = true)]
    public string Peer() => PeerTokens.Create(_credentials);

    [Benchmark]
    public Task<string> FreshAsync() => _tokens.CreateBearerAsync("inventory");
}
