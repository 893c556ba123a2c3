using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

public sealed class CachedTokenTests
{
    [Fact]
    public async Task A_failed_renewal_throws_no_exception_and_keeps_the_cached_token()
    {
        await using var bench = new ProviderBench(options => options.RotationInterval = TimeSpan.FromHours(1));
        await bench.StartAsync();
        var signer = new TokenSigner(bench.Provider, new RewtOptions { ServiceName = "orders", TokenLifetime = TimeSpan.FromMinutes(1) }, bench.Time);
        // The renewal reads the claims from this text.
        var cachedToken = new CachedToken(signer, bench.Time, "inventory", "no JSON");
        var first = Take();
        await bench.AdvanceInStepsAsync(TimeSpan.FromSeconds(43), TimeSpan.FromSeconds(1));
        bench.Time.GetUtcNow().ShouldBeInRange(first.RefreshAt, first.UseUntil, "a renewal is due");

        Should.NotThrow(((IThreadPoolWorkItem)cachedToken).Execute);

        Take().ShouldBeSameAs(first);

        BearerToken Take() => cachedToken.Take(signer.KeyOf(bench.Provider.Usable.ShouldNotBeNull(), bench.Now, isStored: false), null, fresh: false, bench.Time.GetUtcNow());
    }
}
