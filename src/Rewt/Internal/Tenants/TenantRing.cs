using System.Diagnostics.CodeAnalysis;

namespace Rewt.Internal;

/// <summary>What this instance knows of one tenant's ring. It does nothing of itself: the shared reader looks at it, and those who sign write it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing that must be given back.")]
internal sealed class TenantRing(string tenant, RingMaintainer maintainer, TenantKeyIndex index, TimeProvider time)
{
    private readonly SemaphoreSlim _turn = new(1);
    private RingSnapshot? _snapshot;
    private TenantFailure? _failure;
    private long _lastUse = time.GetTimestamp();
    private bool _isDoubtful;

    public string Tenant => tenant;

    public RingSnapshot? Known => Volatile.Read(ref _snapshot);

    /// <summary>Why the last look failed; <see langword="null"/> when it did not.</summary>
    public TenantFailure? Failure => Volatile.Read(ref _failure);

    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>When the shared reader looks next, if it does; the reader's own.</summary>
    public long? PollAt { get; set; }

    /// <summary>The ring if it can be used now without waiting.</summary>
    public RingSnapshot? FreshAt(Moment now, TimeSpan age) =>
        !Volatile.Read(ref _isDoubtful) && Known is { Problem: null } snapshot && snapshot.Age(now) <= age ? snapshot : null;

    public void Use() => Volatile.Write(ref _lastUse, time.GetTimestamp());

    /// <summary>Somebody says that the ring has changed: whoever uses it next reads it first.</summary>
    public void Doubt() => Volatile.Write(ref _isDoubtful, true);

    /// <summary>Reads without writing.</summary>
    /// <returns>What came in the way, if anything did.</returns>
    public async Task<Exception?> ObserveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TakeTurnAsync(maintainer.ObserveAsync, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception;
        }
    }

    /// <summary>Makes the ring if there is none, and does what is due. Those who come while another is at it take what it found.</summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        var asked = Moment.Now(time);
        await TakeTurnAsync(
            (previous, token) => previous is { IsUntended: false } known && known.IsSince(asked, Moment.Now(time))
                ? Task.FromResult<RingSnapshot?>(known)
                : maintainer.UpdateAsync(previous, null, token),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a command on the ring as it is.</summary>
    public Task ChangeAsync(Func<RingReading, IReadOnlyDictionary<string, long>, RingPlan?> command, CancellationToken cancellationToken) =>
        TakeTurnAsync((previous, token) => maintainer.ChangeAsync(previous, command, token), cancellationToken);

    private async Task TakeTurnAsync(Func<RingSnapshot?, CancellationToken, Task<RingSnapshot?>> look, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Before the read: what is said while it is under way is news to it.
            Volatile.Write(ref _isDoubtful, false);
            var previous = Known;
            if (await look(previous, cancellationToken).ConfigureAwait(false) is { } snapshot)
            {
                // Known first, so that of two rings that are read at once one sees the other.
                Volatile.Write(ref _snapshot, snapshot);
                index.Learn(tenant, previous, snapshot);
            }

            Volatile.Write(ref _failure, null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Volatile.Write(ref _isDoubtful, true);
            Volatile.Write(ref _failure, new TenantFailure(Moment.Now(time), Failure?.Since ?? Moment.Now(time), exception));
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }
}
