using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Tests commands of operators, and changes that cannot be written.</summary>
public sealed class RingUpdaterTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRingStore _store;
    private readonly RingUpdater _updater;
    private int _failures;

    public RingUpdaterTests()
    {
        _store = new InMemoryRingStore(_time);
        _updater = new RingUpdater("rewt", new FaultyRingStore(_store) { BeforeWrite = FailToSeal }, Rings.Schedule, _time, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_rotation_does_not_replace_a_due_invalidation()
    {
        var first = await UpdateAsync(null, null);
        _store.Delete();
        _failures = 1;

        var second = await UpdateAsync(first, reading => RotationPolicy.Rotate(reading, Rings.Schedule, Secret.Generate));

        second.Reading.Revoked.Keys.ShouldBe(first.Reading.Ring!.KeyIds(), ignoreOrder: true);
    }

    [Fact]
    public async Task A_revocation_does_not_replace_a_due_adoption()
    {
        _store.Set(Rings.Value("mine"), TimeSpan.FromMinutes(10));
        _failures = 1;

        var snapshot = await UpdateAsync(null, reading => RotationPolicy.Revoke(reading, Rings.Schedule, Rings.KeyId("leaked"), Secret.Generate));

        snapshot.Reading.Slot.Lifetime.ShouldBe(TimeSpan.FromMinutes(10));
        snapshot.Reading.Revoked.Keys.ShouldBe([Rings.KeyId("leaked")]);
    }

    [Fact]
    public async Task A_refused_write_is_logged_once_in_ten_minutes_for_each_change_and_cause()
    {
        var log = new CapturedLog();
        var readOnly = new FaultyRingStore(_store) { IsReadOnly = true };
        var updater = new RingUpdater("rewt", readOnly, Rings.Schedule, _time, log);
        for (var read = 0; read < 3; read++) await updater.UpdateAsync(null, null, Cancellation);
        Refusals().ShouldBe(1);
        log.Text.ShouldContain("Create could not be written. There are no keys until the write succeeds.");

        _store.Set(Rings.Value("mine"), TimeSpan.FromHours(1));
        for (var read = 0; read < 3; read++) await updater.UpdateAsync(null, null, Cancellation);
        Refusals().ShouldBe(2);

        _time.Advance(TimeSpan.FromMinutes(10));
        for (var read = 0; read < 3; read++) await updater.UpdateAsync(null, null, Cancellation);
        Refusals().ShouldBe(3);

        int Refusals() => log.Text.Split("RingWriteRefused").Length - 1;
    }

    [Fact]
    public async Task A_refused_rotation_is_logged_as_a_change_after_which_the_known_keys_stay_in_use()
    {
        var log = new CapturedLog();
        await UpdateAsync(null, null);
        _time.Advance(Rings.Schedule.Interval);

        await new RingUpdater("rewt", new FaultyRingStore(_store) { IsReadOnly = true }, Rings.Schedule, _time, log).UpdateAsync(null, null, Cancellation);

        log.Text.ShouldContain("Rotate could not be written. The keys that can be read stay in use.");
    }

    [Fact]
    public async Task A_read_only_login_attempts_to_store_its_longer_retention_once_in_ten_minutes_and_is_not_reported()
    {
        await UpdateAsync(null, null);
        var (log, store) = (new CapturedLog(), new FaultyRingStore(_store) { IsReadOnly = true });
        var longer = new RingUpdater("rewt", store, Rings.Schedule with { Retention = TimeSpan.FromDays(1) }, _time, log);

        RingSnapshot snapshot = null!;
        for (var read = 0; read < 3; read++) snapshot = (await longer.UpdateAsync(null, null, Cancellation))!;

        snapshot.WriteRefusal.ShouldBeNull();
        snapshot.Current.ShouldNotBeNull();
        log.Text.ShouldBeEmpty();
        store.Writes.ShouldBe(1);
        _time.Advance(TimeSpan.FromMinutes(10));
        await longer.UpdateAsync(snapshot, null, Cancellation);
        store.Writes.ShouldBe(2);
    }

    [Fact]
    public async Task A_rotation_is_reported_as_executed_if_the_ring_keeps_changing_afterwards()
    {
        var store = new FaultyRingStore(_store);
        // The pending key is lost after the first write.
        store.OnRead = reading => store.Writes > 0 ? reading with { Ring = reading.Ring! with { Next = null } } : reading;
        var updater = new RingUpdater("rewt", store, Rings.Schedule, _time, NullLogger.Instance);
        var first = await UpdateAsync(null, null);

        var exception = await Should.ThrowAsync<RewtKeysUnavailableException>(() => updater.UpdateAsync(first, reading => RotationPolicy.Rotate(reading, Rings.Schedule, Secret.Generate), Cancellation));

        exception.Message.ShouldStartWith("The key ring 'rewt' was changed, but");
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

    private void FailToSeal()
    {
        if (_failures-- > 0) throw new SecretProtectorException("The protector is unavailable.");
    }
}
