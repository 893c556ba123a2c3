using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>
/// Coordinates the reads of the store that search for another key after a called service has refused a key. There is one object for each service, key
/// and reason of the refusal. The object records the last check, and permits only one check at a time, so that many refused requests need only one
/// check.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The wait handle of the semaphore is never created, so there is nothing to release.")]
internal sealed class RefusedKeyCheck
{
    /// <summary>
    /// The age, as a multiple of its validity, up to which the result of a check is recent. A service that refuses every call is checked again before
    /// its last result is older.
    /// </summary>
    private const int RecentValidities = 12;

    private readonly SemaphoreSlim _turn = new(1);
    private Result? _last;

    /// <summary>
    /// Returns whether the last check was recent and has found no other key. The called service has then probably refused the current key, and another
    /// check would not find another key.
    /// </summary>
    public bool HasFoundNoOtherKey(TimeSpan validity, TimeProvider time) =>
        Volatile.Read(ref _last) is { HasOtherKey: false } last && last.At.Elapsed(time) < RecentValidities * validity;

    /// <summary>
    /// Returns whether the caller must read the store, and call <see cref="End"/> afterwards. If a check is in progress, the caller waits for it,
    /// because the check may find another key.
    /// </summary>
    public async ValueTask<bool> TryBeginAsync(TimeSpan validity, TimeProvider time, CancellationToken cancellationToken)
    {
        if (IsValid(validity, time)) return false;

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!IsValid(validity, time)) return true;

        _turn.Release();
        return false;
    }

    /// <summary>Ends a check.</summary>
    /// <param name="isDone">Whether the check was completed: <see langword="true"/> also if the read failed, and <see langword="false"/> if the check
    /// was cancelled.</param>
    /// <param name="hasOtherKey">Whether the check has found another key.</param>
    /// <param name="time">The clock of this instance.</param>
    public void End(bool isDone, bool hasOtherKey, TimeProvider time)
    {
        if (isDone) Volatile.Write(ref _last, new Result(ClockReading.Now(time), hasOtherKey));
        _turn.Release();
    }

    private bool IsValid(TimeSpan validity, TimeProvider time) => Volatile.Read(ref _last) is { } last && last.At.Elapsed(time) < validity;

    /// <summary>The time and the result of a completed check.</summary>
    private sealed record Result(ClockReading At, bool HasOtherKey);
}
