using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>
/// A server that pauses between the commands PTTL and TIME of one read reports an expiry that is too late. A changed expiry is therefore written only
/// after a second read has confirmed it.
/// </summary>
public sealed class DeadlineConfirmationTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRingStore _store;
    private readonly Queue<TimeSpan> _pauses = [];
    private readonly RingUpdater _updater;

    public DeadlineConfirmationTests()
    {
        _store = new InMemoryRingStore(_time);
        _updater = new RingUpdater("rewt", new FaultyRingStore(_store) { OnRead = Pause }, Rings.Schedule, _time, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_pause_of_the_server_during_a_read_does_not_move_the_deadline()
    {
        var first = await UpdateAsync(null);
        _pauses.Enqueue(TimeSpan.FromMilliseconds(300));

        var second = await UpdateAsync(first);

        second.Version.ShouldBe(first.Version);
        second.Reading.Ring!.Deadline.ShouldBe(first.Reading.Ring!.Deadline);
    }

    [Fact]
    public async Task Pauses_of_different_lengths_in_successive_reads_do_not_move_the_deadline()
    {
        var first = await UpdateAsync(null);
        foreach (var pause in new[] { 300, 900, 100 }) _pauses.Enqueue(TimeSpan.FromMilliseconds(pause));

        (await UpdateAsync(first)).Version.ShouldBe(first.Version);
    }

    [Fact]
    public async Task An_expiry_that_an_operator_changed_moves_the_deadline_in_one_update()
    {
        var first = await UpdateAsync(null);
        _store.Expire(TimeSpan.FromMinutes(10));
        var expected = StoreTime.From(_time.GetUtcNow() + TimeSpan.FromMinutes(10));
        _pauses.Enqueue(TimeSpan.FromMilliseconds(300));

        var second = await UpdateAsync(first);

        second.Version.ShouldBe(first.Version + 1);
        second.Reading.Ring!.Deadline.ShouldBe(expected);
    }

    private async Task<RingSnapshot> UpdateAsync(RingSnapshot? previous) => (await _updater.UpdateAsync(previous, null, TestContext.Current.CancellationToken))!;

    /// <summary>Returns a reading whose time is later than its TTL by the next queued pause.</summary>
    private RingReading Pause(RingReading reading) => _pauses.TryDequeue(out var pause) ? reading with { Now = reading.Now + pause } : reading;
}
