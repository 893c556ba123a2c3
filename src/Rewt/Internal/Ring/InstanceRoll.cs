using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// This instance's entry in the book of the living, and the waiting for all the others'. It is written after a poll, when the ring has
/// changed or the entry would go stale: ten thousand instances write some three hundred entries a second, and no call writes any.
/// </summary>
internal sealed class InstanceRoll(IInstanceBook? book, RewtOptions options, TimeProvider time, string? name = null)
{
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly string _instance = name ?? NewName(options);
    private readonly TimeSpan _heartbeat = options.RefreshInterval > ShortestHeartbeat ? options.RefreshInterval : ShortestHeartbeat;
    private InstanceMark? _written;
    private Moment _writtenAt;

    /// <summary>The name of this instance.</summary>
    public string Instance => _instance;

    /// <summary>The newest entry of each instance, by name; <see langword="null"/> where there is no book.</summary>
    public async Task<IReadOnlyList<InstanceMark>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (book is null) return null;
        var marks = await book.ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. marks.GroupBy(mark => mark.Instance, StringComparer.Ordinal).Select(entries => entries.MaxBy(mark => mark.SeenAt)).OrderBy(mark => mark.Instance, StringComparer.Ordinal)];
    }

    /// <summary>An instance that has missed two heartbeats is not waited for.</summary>
    private long AliveFor => (long)(_heartbeat * 2.5).TotalMilliseconds;

    /// <summary>A name for an instance that no other has.</summary>
    public static string NewName(RewtOptions options) => $"{options.ServiceName}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    /// <summary>Says what this instance holds, if that is news. Never fails: a login that may not write here does without.</summary>
    public async Task AnnounceAsync(KeySnapshot snapshot, CancellationToken cancellationToken)
    {
        if (book is null || snapshot.Epoch is not { } epoch) return;

        var mark = new InstanceMark(_instance, epoch, snapshot.Version, snapshot.ReadAt);
        if (_written is { } written && written with { SeenAt = mark.SeenAt } == mark && _writtenAt.Elapsed(time) < _heartbeat) return;

        var former = _written;
        (_written, _writtenAt) = (mark, Moment.Now(time));
        try
        {
            await book.AnnounceAsync(mark, former, mark.SeenAt - AliveFor, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The next poll tries again, and until then whoever waits for this instance is told that it has not confirmed.
            _writtenAt = default;
        }
    }

    public async Task LeaveAsync()
    {
        if (book is null || _written is not { } mark) return;
        await book.LeaveAsync(mark, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits until every other live instance holds <paramref name="ring"/> or what came after it.</summary>
    /// <returns>The instances that do not yet.</returns>
    public async Task<IReadOnlyList<string>> WaitForAllAsync(KeySnapshot ring, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (book is null) return [];

        var began = Moment.Now(time);
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

    private IReadOnlyList<string> Missing(IReadOnlyList<InstanceMark> marks, KeySnapshot ring) =>
    [
        .. marks.Where(mark => mark.SeenAt >= ring.ReadAt - AliveFor && mark.Instance != _instance)
            .GroupBy(mark => mark.Instance, StringComparer.Ordinal)
            .Select(entries => entries.MaxBy(mark => mark.SeenAt))
            .Where(mark => mark.Epoch == ring.Epoch ? mark.Version < ring.Version : mark.SeenAt <= ring.ReadAt)
            .Select(mark => mark.Instance)
            .Order(StringComparer.Ordinal),
    ];
}
