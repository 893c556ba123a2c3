using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests the command of an operator after a due change has failed because the secrets could not be sealed.</summary>
public sealed class RingUpdaterTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRingStore _store;
    private readonly UnsealableStore _unsealable;
    private readonly RingUpdater _updater;

    public RingUpdaterTests()
    {
        _store = new InMemoryRingStore(_time);
        _unsealable = new UnsealableStore(_store);
        _updater = new RingUpdater("rewt", _unsealable, Rings.Schedule, _time, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_rotation_does_not_replace_a_due_invalidation()
    {
        var first = await UpdateAsync(null, null);
        _store.Delete();
        _unsealable.Failures = 1;

        var second = await UpdateAsync(first, reading => RotationPolicy.Rotate(reading, Rings.Schedule, Secret.Generate));

        second.Reading.Revoked.Keys.ShouldBe(first.Reading.Ring!.KeyIds(), ignoreOrder: true);
    }

    [Fact]
    public async Task A_revocation_does_not_replace_a_due_adoption()
    {
        _store.Set(Rings.Value("mine"), TimeSpan.FromMinutes(10));
        _unsealable.Failures = 1;

        var snapshot = await UpdateAsync(null, reading => RotationPolicy.Revoke(reading, Rings.Schedule, Rings.KeyId("leaked"), Secret.Generate));

        snapshot.Reading.Slot.Lifetime.ShouldBe(TimeSpan.FromMinutes(10));
        snapshot.Reading.Revoked.Keys.ShouldBe([Rings.KeyId("leaked")]);
    }

    [Fact]
    public async Task A_rotation_by_an_operator_does_not_follow_a_rotation_that_was_due()
    {
        await using var source = new SharedSecretSource(new RewtOptions { ServiceName = "orders" }, _store, _time, NullLogger.Instance);
        var first = (RingSnapshot)(await source.UpdateAsync(null, null, Cancellation))!;
        _time.Advance(TimeSpan.FromDays(1));

        var second = (RingSnapshot)(await source.UpdateAsync(first, KeyCommand.Rotate, Cancellation))!;
        var third = (RingSnapshot)(await source.UpdateAsync(second, KeyCommand.Rotate, Cancellation))!;

        second.Current!.KeyId.ShouldBe(first.Next!.KeyId);
        third.Current!.KeyId.ShouldBe(second.Next!.KeyId);
    }

    private async Task<RingSnapshot> UpdateAsync(RingSnapshot? previous, Func<RingReading, RingChange>? command) => (await _updater.UpdateAsync(previous, command, Cancellation))!;

    /// <summary>A store whose next writes fail because the secrets cannot be sealed.</summary>
    private sealed class UnsealableStore(InMemoryRingStore store) : IRingStore
    {
        public int Failures { get; set; }

        public Task<RingReading> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(cancellationToken);

        public Task<bool> TryApplyAsync(RingReading basis, RingChange plan, CancellationToken cancellationToken) =>
            Failures-- > 0 ? throw new SecretProtectorException("The protector is unavailable.") : store.TryApplyAsync(basis, plan, cancellationToken);

        public Task SubscribeAsync(Action onChange, CancellationToken cancellationToken) => store.SubscribeAsync(onChange, cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
