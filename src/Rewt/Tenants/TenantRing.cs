using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>One tenant's ring on this instance. It is passive: the shared reader refreshes it, and requests that sign update it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The wait handle of the semaphore is never created, so there is nothing to release.")]
internal sealed class TenantRing(string tenant, RingUpdater updater, TenantKeyIndex index, TimeProvider time)
{
    private readonly SemaphoreSlim _turn = new(1);
    private RingSnapshot? _snapshot;
    private TenantFailure? _failure;
    private long _lastUse = time.GetTimestamp();
    private bool _isDoubtful;

    public string Tenant => tenant;

    public RingSnapshot? Known => Volatile.Read(ref _snapshot);

    /// <summary>The failure of the last read; <see langword="null"/> when it succeeded.</summary>
    public TenantFailure? Failure => Volatile.Read(ref _failure);

    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>The timestamp of the next poll; <see langword="null"/> when none is scheduled. Only the reader uses it.</summary>
    public long? PollAt { get; set; }

    /// <summary>The snapshot, if it can be used now without waiting.</summary>
    public RingSnapshot? FreshAt(ClockReading now, TimeSpan age) =>
        !Volatile.Read(ref _isDoubtful) && Known is { Problem: null } snapshot && snapshot.Age(now) <= age ? snapshot : null;

    public void Use() => Volatile.Write(ref _lastUse, time.GetTimestamp());

    /// <summary>Marks the ring as possibly changed, so that the next request reads it first.</summary>
    public void UnresolvedReason() => Volatile.Write(ref _isDoubtful, true);

    /// <summary>Reads the ring without writing.</summary>
    /// <returns>The exception of the read; <see langword="null"/> when it succeeded.</returns>
    public async Task<Exception?> ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TakeTurnAsync(updater.ObserveAsync, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
    }

    /// <summary>Creates the ring if there is none, and writes due changes. Concurrent callers share the result.</summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        var asked = ClockReading.Now(time);
        await TakeTurnAsync(
            (previous, token) => previous is { IsUntended: false } known && known.IsSince(asked, ClockReading.Now(time))
                ? Task.FromResult<RingSnapshot?>(known)
                : updater.UpdateAsync(previous, null, token),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Executes a command on the ring.</summary>
    public Task ChangeAsync(Func<RingReading, IReadOnlyDictionary<string, long>, RingChange?> command, CancellationToken cancellationToken) =>
        TakeTurnAsync((previous, token) => updater.ChangeAsync(previous, command, token), cancellationToken);

    private async Task TakeTurnAsync(Func<RingSnapshot?, CancellationToken, Task<RingSnapshot?>> read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Reset before the read, so that a message during the read marks the ring again.
            Volatile.Write(ref _isDoubtful, false);
            var previous = Known;
            if (await read(previous, cancellationToken).ConfigureAwait(false) is { } snapshot)
            {
                // Stored before it is indexed, so that of two concurrent reads at least one sees the other's keys.
                Volatile.Write(ref _snapshot, snapshot);
                index.Learn(tenant, previous, snapshot);
            }

            Volatile.Write(ref _failure, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _isDoubtful, true);
            Volatile.Write(ref _failure, new TenantFailure(ClockReading.Now(time), Failure?.Since ?? ClockReading.Now(time), exception));
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}
