using Microsoft.Extensions.Logging.Abstractions;

namespace Rewt.Tests.Ring;

/// <summary>Represents an instance whose updates are triggered by the test and which remembers all keys that it has seen as revoked.</summary>
internal sealed class FleetInstance
{
    private readonly TimeProvider _time;
    private readonly RingUpdater _updater;
    private readonly HashSet<string> _seenRevoked = new(StringComparer.Ordinal);
    private bool _isUpdating;

    public FleetInstance(IRingStore store, RingSchedule schedule, TimeProvider time)
    {
        _time = time;
        Store = new ObservedStore(store, schedule);
        _updater = new RingUpdater("fleet", Store, schedule, time, NullLogger.Instance);
    }

    public ObservedStore Store { get; }

    public RingSnapshot? Snapshot { get; private set; }

    /// <summary>Gets the ids of all keys with which this instance would sign or verify.</summary>
    public IEnumerable<string> TrustedKeys => Snapshot is null
        ? []
        : Snapshot.KeyIds.Where(keyId => Snapshot.Find(keyId, ClockReading.Now(_time)) is not null)
            .Select(keyId => keyId.ToString())
            .Concat(Snapshot.KeylessKeys(ClockReading.Now(_time)).Select(key => key.KeyId))
            .Append(Snapshot.SigningKey(ClockReading.Now(_time))?.KeyId.ToString() ?? "")
            .Where(keyId => keyId.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    public async Task UpdateAsync(Func<RingReading, RingChange>? command = null)
    {
        // The provider never runs two updates of one instance at once.
        if (_isUpdating) return;

        _isUpdating = true;
        try
        {
            Snapshot = await _updater.UpdateAsync(Snapshot, command, CancellationToken.None) ?? Snapshot;
        }
        catch (Exception exception) when (command is not null && exception is TimeoutException or InvalidOperationException)
        {
            // An operator receives this error, because the command may not have been applied.
        }
        finally
        {
            _isUpdating = false;
            Store.BeforeWrite = null;
            Store.Fault = WriteFault.None;
        }

        if (Store.Violation is { } violation) throw violation;
        _seenRevoked.UnionWith(Snapshot?.Revoked.Keys.Select(keyId => keyId.ToString()) ?? []);
    }

    public void ShouldNotTrustRevokedKeys() => TrustedKeys.Where(_seenRevoked.Contains).ShouldBeEmpty();
}
