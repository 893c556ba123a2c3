using BitFaster.Caching.Lru;

namespace Rewt.Internal;

/// <summary>
/// Determines whether another key is available for a retry, after a called service has refused a key. The other key may be in memory or in the store.
/// For each combination of called service, refused key and reason, the store is read at most once per refresh interval. Services that refuse every call
/// therefore do not cause many reads.
/// </summary>
internal sealed class RefusedKeyChecks(BearerTokenCache tokens, TimeSpan refreshInterval, TimeProvider time)
{
    private const int Capacity = 256;

    /// <summary>
    /// The longest time that a request waits for a read after a check has found that a refused key is current. The limit of two reads per second would
    /// otherwise delay the calls of a client whose called services all refuse a valid key.
    /// </summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(50);

    private readonly FastConcurrentLru<(Origin Callee, string? Tenant, string KeyId, bool IsAhead, Challenge Reason), RefusedKeyCheck> _checks = new(Capacity);

    /// <summary>Returns whether a new token would be signed with another key than the <paramref name="refused"/> token.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis is unavailable.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(Origin callee, BearerToken refused, Challenge reason, CancellationToken cancellationToken)
    {
        if (tokens.KnowsOtherKey(refused)) return true;

        // A key that was refused while it was pending may be refused again after it has become current, for another cause.
        var check = _checks.GetOrAdd((callee, refused.Tenant, refused.KeyId, refused.IsAhead, reason), static _ => new RefusedKeyCheck());
        if (await check.TryBeginAsync(refreshInterval, time, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await ReadAsync(refused, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                check.End(isDone: !cancellationToken.IsCancellationRequested, time);
            }
        }

        // The check has read the store, whose current key signs the retry. It may be the key of a token that was ahead of the store.
        return refused.IsAhead || await tokens.HasOtherKeyAsync(refused, reads: false, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> ReadAsync(BearerToken refused, CancellationToken cancellationToken)
    {
        if (!tokens.HasConfirmedKey(refreshInterval)) return await tokens.HasOtherKeyAsync(refused, reads: true, cancellationToken).ConfigureAwait(false);

        using var limit = new CancellationTokenSource(ShortWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await tokens.HasOtherKeyAsync(refused, reads: true, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The store is read in the background, and later requests use the result.
            return false;
        }
    }
}
