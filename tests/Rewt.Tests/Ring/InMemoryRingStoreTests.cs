namespace Rewt.Tests.Ring;

public sealed class InMemoryRingStoreTests : RingStoreContract
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRingStore _store;

    public InMemoryRingStoreTests() => _store = new InMemoryRingStore(_time);

    [Fact]
    public async Task A_secret_is_absent_after_its_TTL_has_expired()
    {
        await CreateAsync();
        await ExpireAsync(TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromMilliseconds(999));
        (await ReadAsync()).Slot.TimeToLive.ShouldBe(1);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var reading = await ReadAsync();
        reading.Slot.IsAbsent.ShouldBeTrue();
        reading.Ring.ShouldNotBeNull();
    }

    [Fact]
    public async Task Stores_of_one_container_share_one_ring_per_namespace()
    {
        var stores = new InMemoryRingStoreFactory(_time);
        await using var first = stores.Open(new RewtOptions { Namespace = "one" });
        await using var same = stores.Open(new RewtOptions { Namespace = "one" });
        await using var other = stores.Open(new RewtOptions { Namespace = "other" });

        var basis = await first.ReadAsync(Cancellation);
        await first.TryApplyAsync(basis, Plan(basis, "first"), Cancellation);

        (await same.ReadAsync(Cancellation)).Slot.Value.ShouldBe(Rings.Value("first"));
        (await other.ReadAsync(Cancellation)).Slot.IsAbsent.ShouldBeTrue();
    }

    private protected override IRingStore Open() => _store;

    protected override Task SetAsync(byte[] value, TimeSpan? ttl) => AsTask(() => _store.Set(value, ttl));

    protected override Task DeleteAsync() => AsTask(() => _store.Delete());

    protected override Task ExpireAsync(TimeSpan? ttl) => AsTask(() => _store.Expire(ttl));

    protected override Task FlushAsync() => AsTask(() => _store.Flush());

    protected override Task<long> ServerTimeAsync() => Task.FromResult(_time.GetUtcNow().ToUnixTimeMilliseconds());
}
