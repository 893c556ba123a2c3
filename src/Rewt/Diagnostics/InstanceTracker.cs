using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// Announces the ring version that this instance holds, and waits until the other live instances hold a version. An announcement follows a poll when
/// the ring has changed or the entry would become stale, so ten thousand instances write some three hundred entries a second; requests write none.
/// </summary>
internal sealed class InstanceTracker(IInstanceStore? book, RewtOptions options, TimeProvider time, string? name = null)
{
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly string _instance = name ?? NewName(options);
    private readonly TimeSpan _heartbeat = Heartbeat(options);
    private InstanceHeartbeat? _written;
    private ClockReading _writtenAt;

    /// <summary>The name of this instance.</summary>
    public string Instance => _instance;

    /// <summary>Reads the newest entry of each instance, by name; <see langword="null"/> where there is no store of instances.</summary>
    public async Task<IReadOnlyList<InstanceHeartbeat>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (book is null) return null;
        var marks = await book.ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. Newest(marks)];
    }

    /// <summary>An instance that has missed two heartbeats counts as stopped.</summary>
    private TimeSpan AliveFor => _heartbeat * 2.5;

    /// <summary>Returns the newest entry of each instance that was live when the newest of all was written.</summary>
    public static IReadOnlyList<InstanceHeartbeat> Live(IReadOnlyList<InstanceHeartbeat> marks, RewtOptions options)
    {
        if (marks.Count == 0) return [];
        var since = marks.Max(mark => mark.SeenAt) - (Heartbeat(options) * 2.5);
        return [.. Newest(marks.Where(mark => mark.SeenAt >= since))];
    }

    /// <summary>Creates a unique name for an instance.</summary>
    public static string NewName(RewtOptions options) => $"{options.ServiceName}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    /// <summary>Announces what this instance holds, if that has changed. It never fails; without write permission the announcement is omitted.</summary>
    public async Task AnnounceAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        if (book is null || snapshot.Epoch is not { } epoch) return;

        var mark = new InstanceHeartbeat(_instance, epoch, snapshot.Version, snapshot.ReadAt);
        if (_written is { } written && written with { SeenAt = mark.SeenAt } == mark && _writtenAt.Elapsed(time) < _heartbeat) return;

        var former = _written;
        (_written, _writtenAt) = (mark, ClockReading.Now(time));
        try
        {
            await book.AnnounceAsync(mark, former, mark.SeenAt - AliveFor, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The next poll tries again. Until then, callers that wait for this instance see it as unconfirmed.
            _writtenAt = default;
        }
    }

    public async Task LeaveAsync()
    {
        if (book is null || _written is not { } mark) return;
        await book.LeaveAsync(mark, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until every other live instance holds <paramref name="ring"/> or a later version.</summary>
    /// <returns>The instances that do not hold it yet.</returns>
    public async Task<IReadOnlyList<string>> WaitForAllAsync(KeySnapshot ring, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (book is null) return [];

        var began = ClockReading.Now(time);
        var pause = FirstPause;
        while (true)
        {
            var marks = await book.ReadAsync(cancellationToken).ConfigureAwait(false);
            var missing = Missing(marks, ring);
            var left = timeout - began.Elapsed(time);
            if (missing.Count == 0 || left <= TimeSpan.Zero) return missing;

            await Task.Delay(pause < left ? pause : left, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    private IReadOnlyList<string> Missing(IReadOnlyList<InstanceHeartbeat> marks, KeySnapshot ring) =>
    [
        .. Newest(marks.Where(mark => mark.SeenAt >= ring.ReadAt - AliveFor && mark.Instance != _instance))
            .Where(mark => mark.Epoch == ring.Epoch ? mark.Version < ring.Version : mark.SeenAt <= ring.ReadAt)
            .Select(mark => mark.Instance),
    ];

    /// <summary>The newest entry of each instance, by name.</summary>
    private static IEnumerable<InstanceHeartbeat> Newest(IEnumerable<InstanceHeartbeat> marks) =>
        marks.GroupBy(mark => mark.Instance, StringComparer.Ordinal).Select(entries => entries.MaxBy(mark => mark.SeenAt)).OrderBy(mark => mark.Instance, StringComparer.Ordinal);

    private static TimeSpan Heartbeat(RewtOptions options) => options.RefreshInterval > ShortestHeartbeat ? options.RefreshInterval : ShortestHeartbeat;
}
