using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

public sealed class CachedTokenTests
{
    [Fact]
    public async Task A_failed_renewal_of_a_cached_token_throws_no_exception()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var signer = new TokenSigner(bench.Provider, new RewtOptions { ServiceName = "orders", TokenLifetime = TimeSpan.FromMinutes(1) }, bench.Time);
        var cachedToken = new CachedToken(signer, bench.Time, "inventory", "no JSON");

        Should.NotThrow(((IThreadPoolWorkItem)cachedToken).Execute);
    }
}
