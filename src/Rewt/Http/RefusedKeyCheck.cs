using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Rewt.Internal;

/// <summary>
/// Coordinates the reads of the store that search for another key after a called service has refused a key. There is one object for each service, key
/// and reason of the refusal. The object records the time of the last check, and permits only one check at a time, so that many refused requests need
/// only one check.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The wait handle of the semaphore is never created, so there is nothing to release.")]
internal sealed class RefusedKeyCheck
{
    /// <summary>
    /// The longest time that a request waits for the check of another request. A read of the store usually takes a few milliseconds. A longer wait
    /// would let a service that refuses every call delay its callers.
    /// </summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _turn = new(1);
    private StrongBox<ClockReading>? _checkedAt;

    /// <summary>
    /// Returns whether the caller must read the store, and call <see cref="End"/> afterwards. If a check is in progress, the caller waits for it,
    /// because the check may find another key. After the first completed check, the caller waits for at most <see cref="LongestWait"/>, because the
    /// called service has probably refused the current key, and another check would not find another key.
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
    /// <param name="isDone">Whether the check was completed: <see langword="true"/> also if the read failed, and <see langword="false"/> if the check
    /// was cancelled.</param>
    /// <param name="time">The clock of this instance.</param>
    public void End(bool isDone, TimeProvider time)
    {
        if (isDone) Volatile.Write(ref _checkedAt, new StrongBox<ClockReading>(ClockReading.Now(time)));
        _turn.Release();
    }

    private bool IsValid(TimeSpan validity, TimeProvider time) => Volatile.Read(ref _checkedAt) is { } at && at.Value.Elapsed(time) < validity;
}
