using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

public sealed class CachedTokenTests
{
    [Fact]
    public async Task A_failed_replacement_leaves_the_process_and_the_token_alone()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var signer = new TokenSigner(bench.Provider, new RewtOptions { ServiceName = "orders", TokenLifetime = TimeSpan.FromMinutes(1) }, bench.Time);
        var slot = new CachedToken(signer, bench.Time, "inventory", "no JSON");

        Should.NotThrow(((IThreadPoolWorkItem)slot).Execute);
    }
}
