using Rewt.Tests.Ring;

namespace Rewt.Tests.Sending;

public sealed class RefusedKeyChecksTests
{
    [Fact]
    public async Task The_key_that_a_check_has_found_is_used_although_the_snapshot_is_older_than_one_refresh_interval()
    {
        await using var bench = new ProviderBench(options => options.ServiceName = "orders");
        await bench.StartAsync();
        var tokens = new BearerTokenCache(new TokenSigners(bench.Provider, bench.Options, bench.Time, RingMetrics.None), bench.Time);
        var checks = new RefusedKeyChecks(tokens, bench.Options.RefreshInterval, bench.Time);
        var refused = await tokens.GetAsync(null, "inventory", null, null, fresh: false, Cancellation);
        await bench.Store.HoldAllAsync();
        await using (var another = bench.CreateProvider()) await another.RotateAsync(Cancellation);
        bench.Advance(TimeSpan.FromMilliseconds(1));

        // The check ends one second after its read has begun, so its result is used for one second longer than the snapshot of the read.
        var reads = bench.Store.Reads;
        var first = CheckAsync();
        await ProviderBench.UntilAsync(() => bench.Store.Reads > reads, "the check reads the store");
        bench.Advance(TimeSpan.FromSeconds(1));
        bench.Store.Release();
        (await first).ShouldBeTrue();
        await bench.WaitUntilIdleAsync();
        await bench.Store.HoldAllAsync();
        bench.Advance(bench.Options.RefreshInterval - TimeSpan.FromMilliseconds(500));
        bench.Provider.Fresh.ShouldBeNull();

        var second = CheckAsync();
        bench.Store.Release();
        (await second).ShouldBeTrue();

        Task<bool> CheckAsync() => checks.HasOtherKeyAsync(Origin.Of(new Uri("https://inventory.example")), refused, Challenge.StaleKey, Cancellation).AsTask();
    }
}
