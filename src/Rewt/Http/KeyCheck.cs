using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Rewt.Internal;

/// <summary>
/// The memory of the last check whether another key than a refused one is available, for one callee, key and reason. It lets one caller check at a
/// time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The wait handle of the semaphore is never created, so there is nothing to release.")]
internal sealed class KeyCheck
{
    /// <summary>A read of the store usually takes a few milliseconds. A callee that refuses every call must not cost its callers more.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _turn = new(1);
    private StrongBox<ClockReading>? _checkedAt;

    /// <summary>
    /// Returns whether the caller must check the key and call <see cref="End"/>. Refusals wait for a check under way, which may find that the key was
    /// lost. After the first check they wait briefly, because the callee has already refused a key that was current.
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
