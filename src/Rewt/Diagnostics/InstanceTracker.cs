using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Writes the version of the key ring that this instance has loaded into the list of live instances. The version is written after a poll, if the
/// version has changed or the last entry is at least 30 seconds old. After a revocation, the class can also wait until all other live instances have
/// loaded a given version.
/// </summary>
/// <remarks>
/// If an entry is written every 30 seconds, ten thousand instances together write about three hundred entries per second. Requests write no entries.
/// </remarks>
internal sealed class InstanceTracker(IInstanceStore? store, RewtOptions options, TimeProvider time, string? name = null, TimeSpan? aliveFor = null)
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly string _instance = name ?? NewName(options);
    private readonly TimeSpan _interval = IntervalOf(options);
    private InstanceHeartbeat? _written;
    private ClockReading _writtenAt;
    private volatile bool _hasLeft;

    /// <summary>The name of this instance in the list of live instances.</summary>
    public string Instance => _instance;

    /// <summary>Reads the newest entry of each instance, sorted by name; <see langword="null"/> if the store has no list of instances.</summary>
    public async Task<IReadOnlyList<InstanceHeartbeat>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (store is null) return null;
        var heartbeats = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. Newest(heartbeats)];
    }

    /// <summary>
    /// The time after which an instance counts as stopped if its entry is not renewed. A running instance renews its entry twice within this time.
    /// </summary>
    private TimeSpan AliveFor => aliveFor ?? _interval * 2.5;

    /// <summary>
    /// Returns the newest entry of each live instance. An instance counts as live if its entry is not older than the newest entry in the list by more
    /// than 2.5 renewal intervals.
    /// </summary>
    public static IReadOnlyList<InstanceHeartbeat> Live(IReadOnlyList<InstanceHeartbeat> heartbeats, RewtOptions options)
    {
        if (heartbeats.Count == 0) return [];
        var since = heartbeats.Max(heartbeat => heartbeat.SeenAt) - (IntervalOf(options) * 2.5);
        return [.. Newest(heartbeats.Where(heartbeat => heartbeat.SeenAt >= since))];
    }

    /// <summary>Creates a unique name for an instance.</summary>
    public static string NewName(RewtOptions options) => $"{options.ServiceName}/{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>
    /// Writes the version of the key ring that this instance has loaded, if the version has changed or the last entry is too old. A failure is
    /// ignored, for example if the Redis user may not write the list.
    /// </summary>
    public async Task AnnounceAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        if (store is null || _hasLeft || snapshot.Epoch is not { } epoch) return;

        var heartbeat = new InstanceHeartbeat(_instance, epoch, snapshot.Version, snapshot.ReadAt);
        if (_written is { } written && written with { SeenAt = heartbeat.SeenAt } == heartbeat && _writtenAt.Elapsed(time) < _interval) return;

        var former = _written;
        (_written, _writtenAt) = (heartbeat, ClockReading.Now(time));
        try
        {
            await store.AnnounceAsync(heartbeat, former, heartbeat.SeenAt - AliveFor, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The next poll tries again. Until then, callers that wait for this instance see it as unconfirmed.
            _writtenAt = default;
        }
    }

    /// <summary>Removes the entry of this instance, and writes no further entry. A failure is ignored, because the entry expires.</summary>
    public async Task LeaveAsync()
    {
        if (store is null || _hasLeft) return;
        _hasLeft = true;
        if (_written is not { } heartbeat) return;
        await store.LeaveAsync(heartbeat, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until every other live instance has loaded <paramref name="ring"/> or a later version.</summary>
    /// <returns>The names of the instances that have not loaded the version within <paramref name="timeout"/>.</returns>
    public async Task<IReadOnlyList<string>> WaitForAllAsync(KeySnapshot ring, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (store is null) return [];

        var began = ClockReading.Now(time);
        var pause = FirstPause;
        while (true)
        {
            var heartbeats = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            var missing = Missing(heartbeats, ring);
            var left = timeout - began.Elapsed(time);
            if (missing.Count == 0 || left <= TimeSpan.Zero) return missing;

            await Task.Delay(pause < left ? pause : left, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    private IReadOnlyList<string> Missing(IReadOnlyList<InstanceHeartbeat> heartbeats, KeySnapshot ring) =>
    [
        .. Newest(heartbeats.Where(heartbeat => heartbeat.SeenAt >= ring.ReadAt - AliveFor && heartbeat.Instance != _instance))
            .Where(heartbeat => heartbeat.Epoch == ring.Epoch ? heartbeat.Version < ring.Version : heartbeat.SeenAt <= ring.ConfirmedFrom)
            .Select(heartbeat => heartbeat.Instance),
    ];

    /// <summary>Returns the newest entry of each instance, sorted by name.</summary>
    private static IEnumerable<InstanceHeartbeat> Newest(IEnumerable<InstanceHeartbeat> heartbeats) =>
        heartbeats.GroupBy(heartbeat => heartbeat.Instance, StringComparer.Ordinal).Select(entries => entries.MaxBy(heartbeat => heartbeat.SeenAt)).OrderBy(heartbeat => heartbeat.Instance, StringComparer.Ordinal);

    private static TimeSpan IntervalOf(RewtOptions options) => options.RefreshInterval > ShortestInterval ? options.RefreshInterval : ShortestInterval;
}
