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
    /// The longest time that a request waits for a check if the last check has found no other key. A service that refuses every call would otherwise
    /// delay its callers by the limit of two reads per second, or by an outage of Redis.
    /// </summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(50);

    private readonly FastConcurrentLru<(Origin Callee, string? Tenant, KeyId KeyId, bool IsAhead, Challenge Reason), RefusedKeyCheck> _checks = new(Capacity);

    /// <summary>Returns whether a new token would be signed with another key than the <paramref name="refused"/> token.</summary>
    /// <exception cref="RewtKeysUnavailableException">Redis is unavailable.</exception>
    /// <exception cref="TenantDeletedException">The tenant of the token is deleted.</exception>
    public async ValueTask<bool> HasOtherKeyAsync(Origin callee, BearerToken refused, Challenge reason, CancellationToken cancellationToken)
    {
        if (tokens.KnowsOtherKey(refused)) return true;

        var check = CheckOf(callee, refused, reason);
        using var limit = new CancellationTokenSource(check.HasFoundNoOtherKey(refreshInterval, time) ? ShortWait : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (await check.TryBeginAsync(refreshInterval, time, either.Token).ConfigureAwait(false))
            {
                return await ReadAsync(check, refused, either.Token, cancellationToken).ConfigureAwait(false);
            }

            // The check has read the store, whose current key signs the retry. It may be the key of a token that was ahead of the store.
            return refused.IsAhead || await tokens.HasOtherKeyAsync(refused, reads: false, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The store is read in the background, and later requests use the result.
            return refused.IsAhead;
        }
    }

    private RefusedKeyCheck CheckOf(Origin callee, BearerToken refused, Challenge reason)
    {
        var (tenant, keyId) = (refused.Tenant, refused.KeyId);
        // One read returns the keys of all tenants, so a 401 without a reason needs only one check for all tenants.
        if (reason == Challenge.Unexplained && TenantKeyId.TryParse(keyId, out var secretId, out _)) (tenant, keyId) = (null, secretId);
        // A key that was refused while it was pending may be refused again after it has become current, for another cause.
        return _checks.GetOrAdd((callee, tenant, keyId, refused.IsAhead, reason), static _ => new RefusedKeyCheck());
    }

    private async ValueTask<bool> ReadAsync(RefusedKeyCheck check, BearerToken refused, CancellationToken limited, CancellationToken cancellationToken)
    {
        var hasOtherKey = false;
        try
        {
            hasOtherKey = await tokens.HasOtherKeyAsync(refused, reads: true, limited).ConfigureAwait(false);
            return hasOtherKey;
        }
        finally
        {
            check.End(isDone: !cancellationToken.IsCancellationRequested, hasOtherKey, time);
        }
    }
}
