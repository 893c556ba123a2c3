using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Pairs;

/// <summary>Tests which instances have confirmed the revocation of a key pair.</summary>
public sealed class RevocationTimeTests
{
    [Fact]
    public async Task An_instance_confirms_a_revocation_that_it_reads_before_the_revoking_instance_does()
    {
        var time = new FakeTimeProvider();
        var options = new RewtOptions { KeyMode = KeyMode.KeyPair, ServiceName = "orders" };
        var store = new SlowStore(new InMemoryPairStore(time), time);
        await using var source = new KeyPairSource(options, store, time, NullLogger.Instance);
        source.WantSigningKey();
        var known = await source.UpdateAsync(await source.UpdateAsync(null, null, Cancellation), null, Cancellation);

        var revoked = (await source.UpdateAsync(known, KeyCommand.Revoke(known!.Current!.KeyId), Cancellation)).ShouldNotBeNull();

        store.Seen.ShouldBeLessThan(revoked.ReadAt);
        (await UnconfirmedAsync(store.Seen)).ShouldBeEmpty();
        (await UnconfirmedAsync(store.RevokedAt)).ShouldBe(["inventory/another"], "a read at the time of the write may have been before it");

        Task<IReadOnlyList<string>> UnconfirmedAsync(StoreTime seen) =>
            new InstanceTracker(new OneInstance(new InstanceHeartbeat("inventory/another", "another epoch", 1, seen)), options, time).WaitForAllAsync(revoked, TimeSpan.Zero, Cancellation);
    }

    /// <summary>A store whose response to a revocation takes 20 ms. After 10 ms, another instance reads the revocation.</summary>
    private sealed class SlowStore(InMemoryPairStore store, FakeTimeProvider time) : WrappedPairStore(store)
    {
        public StoreTime RevokedAt { get; private set; }

        public StoreTime Seen { get; private set; }

        public override async Task<StoreTime> RevokeAsync(string? service, KeyId keyId, StoreTime now, StoreTime forgetAt, CancellationToken cancellationToken)
        {
            RevokedAt = await base.RevokeAsync(service, keyId, now, forgetAt, cancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(10));
            Seen = StoreTime.From(time.GetUtcNow());
            time.Advance(TimeSpan.FromMilliseconds(10));
            return RevokedAt;
        }
    }

    /// <summary>A list of instances with one entry.</summary>
    private sealed class OneInstance(InstanceHeartbeat heartbeat) : IInstanceStore
    {
        public Task AnnounceAsync(InstanceHeartbeat announced, InstanceHeartbeat? former, StoreTime forgetBefore, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LeaveAsync(InstanceHeartbeat announced, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<InstanceHeartbeat>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<InstanceHeartbeat>>([heartbeat]);
    }
}
