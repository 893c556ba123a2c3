using Microsoft.Extensions.Logging.Abstractions;
using Rewt.Tests.Apps;
using Rewt.Tests.Pairs;
using Rewt.Tests.Tenants;

namespace Rewt.Tests.Ring;

/// <summary>The message of a failed change states that nothing was changed only if this is certain.</summary>
public sealed class WriteOutcomeTests
{
    private static IOException Lost => new("The connection was closed.");

    [Fact]
    public async Task A_rotation_whose_answer_is_lost_with_the_connection_may_have_changed_the_key_ring()
    {
        await using var bench = new ProviderBench();
        var version = (await bench.StartAsync()).Version;
        bench.Store.OnWritten = () => throw Lost;

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' may not have been changed: ");
        (await bench.ReadServerAsync()).Ring!.Version.ShouldBe(version + 1);
    }

    [Fact]
    public async Task A_rotation_has_changed_the_key_ring_even_if_the_keys_cannot_be_read_afterwards()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        bench.Store.OnWritten = () => bench.Store.IsUnavailable = true;

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => bench.Provider.RotateAsync(Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' was changed, but could not be read afterwards: ");
    }

    [Fact]
    public async Task A_revocation_has_changed_the_key_pairs_even_if_they_cannot_be_read_afterwards()
    {
        var time = new FakeTimeProvider();
        var options = new RewtOptions { KeyMode = KeyMode.KeyPair, ServiceName = "orders" };
        var source = new KeyPairSource(options, new LosingPairStore(new InMemoryPairStore(time)), time, NullLogger.Instance);
        await using var provider = new KeyRingProvider(options, source, time, NullLogger.Instance);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => provider.RevokeAsync(KeyId.Parse("foreign"), Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' was changed, but could not be read afterwards: ");
    }

    [Fact]
    public async Task A_revocation_whose_answer_is_lost_with_the_connection_may_have_changed_the_tenant()
    {
        await using var bench = new ProviderBench();
        await bench.StartAsync();
        var tenants = new TenantCache(bench.Options, bench.Provider, new HookedTenantStore(bench.Server.Tenants) { AfterMerge = () => throw Lost }, bench.Time, null, NullLogger.Instance);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => tenants.ChangeAsync("acme", (state, now) => state with { RevokedAt = now }, Cancellation));

        exception.Message.ShouldStartWith("The tenant 'acme' of 'rewt' may not have been changed: ");
        (await bench.Server.Tenants.ListAsync(Cancellation)).Keys.ShouldBe(["acme"]);
    }

    [Fact]
    public async Task A_transaction_that_was_partly_executed_may_have_changed_the_tenant()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var service = await TenantService.StartAsync(redis);
        await redis.SetAsync("{rewt:rewt-secret}:tenants-log", "not a list");

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Tenants.RevokeTenantAsync("acme", Cancellation));

        exception.Message.ShouldStartWith("The tenant 'acme' of 'rewt' may not have been changed: ");
        (await redis.CliAsync("ZRANGE", "{rewt:rewt-secret}:tenants", "0", "-1")).ShouldBe("acme");
    }

    [Fact]
    public async Task A_write_that_the_server_refuses_has_not_changed_the_tenant()
    {
        await using var redis = await RedisServer.StartAsync(RedisServerKind.Real);
        await using var service = await TenantService.StartAsync(redis);
        await redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", 1);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => service.Tenants.RevokeTenantAsync("acme", Cancellation));

        exception.Message.ShouldStartWith("The tenant 'acme' of 'rewt' was not changed: ");
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_with_the_connection_may_have_changed_the_trusted_app()
    {
        var store = new FailingAppStore(new InMemoryAppStore()) { OnWritten = () => throw Lost };
        var apps = new RewtApps(store, new RewtOptions { ServiceName = "orders" }, new FakeTimeProvider());

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => apps.AddAsync(new RewtApp("acme") { Audiences = ["inventory"] }, cancellationToken: Cancellation));

        exception.Message.ShouldStartWith("The app 'acme' of 'rewt' may not have been changed: ");
        (await apps.ListAsync(Cancellation)).ShouldHaveSingleItem().Id.ShouldBe("acme");
    }

    /// <summary>Executes a revocation and answers no later read.</summary>
    private sealed class LosingPairStore(InMemoryPairStore store) : WrappedPairStore(store)
    {
        private volatile bool _isUnavailable;

        public override Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken) =>
            _isUnavailable ? Task.FromException<PairReading>(Lost) : base.ReadAsync(services, asked, cancellationToken);

        public override async Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken)
        {
            var revokedAt = await base.RevokeAsync(service, keyId, now, forgetAt, cancellationToken);
            _isUnavailable = true;
            return revokedAt;
        }
    }
}
