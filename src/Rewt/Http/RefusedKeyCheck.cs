using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Rewt.Internal;

/// <summary>
/// Remembers, for one called service that refused one key, when the store was last checked for another key, and lets one request at a time check it.
/// <see cref="RefusedKeyChecks"/> thus needs one check for many refused requests.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The wait handle of the semaphore is never created, so there is nothing to release.")]
internal sealed class RefusedKeyCheck
{
    /// <summary>A read of the store usually takes a few milliseconds. Calls to a service that refuses every call must not take longer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _turn = new(1);
    private StrongBox<ClockReading>? _checkedAt;

    /// <summary>
    /// Returns whether the caller must read the store and call <see cref="End"/>. Other requests wait for a check in progress, because it may find
    /// another key. After the first check they wait briefly, because the called service has already refused a key that was current.
    /// </summary>
    public async ValueTask<bool> TryBeginAsync(TimeSpan validity, TimeProvider time, CancellationToken cancellationToken)
    {
        if (IsValid(validity, time)) return false;

        var wait = Volatile.Read(ref _checkedAt) is null ? Timeout.InfiniteTimeSpan : LongestWait;
        if (!await _turn.WaitAsync(wait, cancellationToken).ConfigureAwait(false)) return false;
        if (!IsValid(validity, time)) return true;

        _turn.Release();
        return false;
    }

    /// <summary>Ends a check.</summary>
    /// <param name="isDone">Whether it was completed; a failed read counts, a cancelled one does not.</param>
    /// <param name="time">The clock.</param>
    public void End(bool isDone, TimeProvider time)
    {
        if (isDone) Volatile.Write(ref _checkedAt, new StrongBox<ClockReading>(ClockReading.Now(time)));
        _turn.Release();
    }

    private bool IsValid(TimeSpan validity, TimeProvider time) => Volatile.Read(ref _checkedAt) is { } at && at.Value.Elapsed(time) < validity;
}
