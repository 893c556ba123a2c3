using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>An instance of the fleet, driven by hand, that never forgets which keys it saw dead.</summary>
internal sealed class FleetInstance
{
    private readonly TimeProvider _time;
    private readonly RingUpdater _updater;
    private readonly HashSet<string> _seenRevoked = new(StringComparer.Ordinal);
    private bool _busy;

    public FleetInstance(IRingStore store, RingSchedule schedule, TimeProvider time)
    {
        _time = time;
        Store = new ObservedStore(store, schedule);
        _updater = new RingUpdater("fleet", Store, schedule, time, NullLogger.Instance);
    }

    public ObservedStore Store { get; }

    public RingSnapshot? Snapshot { get; private set; }

    /// <summary>Everything that this instance would sign or verify with.</summary>
    public IEnumerable<string> LiveKeys => Snapshot is null
        ? []
        : Snapshot.KeyIds.Where(keyId => Snapshot.Find(keyId, ClockReading.Now(_time)) is not null)
            .Concat(Snapshot.KeylessKeys(ClockReading.Now(_time)).Select(key => key.KeyId))
            .Append(Snapshot.SigningKey(ClockReading.Now(_time))?.KeyId ?? "")
            .Where(keyId => keyId.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    public async Task UpdateAsync(Func<RingReading, RingChange>? command = null)
    {
        // The provider never runs two updates of one instance at once.
        if (_busy) return;

        _busy = true;
        try
        {
            Snapshot = await _updater.UpdateAsync(Snapshot, command, CancellationToken.None) ?? Snapshot;
        }
        catch (Exception exception) when (command is not null && exception is TimeoutException or InvalidOperationException)
        {
            // The operator is told that it may not have happened.
        }
        finally
        {
            _busy = false;
            Store.Meanwhile = null;
            Store.Fault = WriteFault.None;
        }

        if (Store.Broken is { } broken) throw broken;
        _seenRevoked.UnionWith(Snapshot?.Revoked.Keys ?? []);
    }

    public void ShouldNotTrustTheDead() => LiveKeys.Where(_seenRevoked.Contains).ShouldBeEmpty();
}
