namespace Rewt.Internal;

internal sealed partial class RingKeeper
{
    /// <summary>Rotates: the pending key becomes current.</summary>
    public Task<RingSnapshot> RotateAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(reading => RingDecision.Rotate(reading, _schedule, Secret.Generate), cancellationToken);

    /// <summary>Revokes a key.</summary>
    public Task<RingSnapshot> RevokeAsync(string keyId, CancellationToken cancellationToken) =>
        ExecuteAsync(reading => RingDecision.Revoke(reading, _schedule, keyId, Secret.Generate), cancellationToken);

    private async Task<RingSnapshot> ExecuteAsync(Func<RingReading, RingPlan> command, CancellationToken cancellationToken)
    {
        Start();
        try
        {
            var snapshot = await CycleAsync(command, cancellationToken).ConfigureAwait(false);
            if (snapshot?.Problem is { } problem) throw Unusable(problem);
            return snapshot ?? throw Unavailable(null);
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException and not OperationCanceledException)
        {
            throw Unchanged(exception);
        }
    }
}
