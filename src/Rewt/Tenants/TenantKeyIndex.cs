using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Detects a secret that two tenants share, which only a manual change can cause. A holder of it could sign for both tenants, so no token signed with
/// it is accepted.
/// </summary>
/// <param name="capacity">The number of tenants in the cache.</param>
/// <param name="holds">Returns whether a tenant's cached ring contains a key.</param>
/// <param name="logger">The log.</param>
internal sealed partial class TenantKeyIndex(int capacity, Func<string, string, bool> holds, ILogger logger)
{
    private const int MostShared = 1024;

    /// <summary>
    /// The tenant of each recently read key, with room for the current and the pending key of each tenant and some more. The eviction order is strict
    /// LRU: a cache that favours frequently used entries would evict new keys first, and an entry is used again only when a second tenant has the
    /// same key.
    /// </summary>
    private readonly ClassicLru<string, string> _tenants = new(3 * capacity);

    private readonly FastConcurrentLru<string, bool> _shared = new(MostShared);
    private readonly Lock _gate = new();
    private int _any;

    public bool IsShared(string keyId) => Volatile.Read(ref _any) > 0 && _shared.TryGet(keyId, out _);

    /// <summary>Adds the keys of a tenant's ring that was read.</summary>
    public void Learn(string tenant, RingSnapshot? previous, RingSnapshot snapshot)
    {
        foreach (var keyId in snapshot.KeyIds)
        {
            if (previous?.Holds(keyId) != true) Learn(tenant, keyId);
        }
    }

    private void Learn(string tenant, string keyId)
    {
        lock (_gate)
        {
            if (_tenants.TryGet(keyId, out var other) && other != tenant && holds(other, keyId))
            {
                _shared.AddOrUpdate(keyId, true);
                Volatile.Write(ref _any, 1);
                LogShared(tenant, other, keyId);
            }

            _tenants.AddOrUpdate(keyId, tenant);
        }
    }

    [LoggerMessage(EventId = 23, EventName = "TenantsShareAKey", Level = LogLevel.Error,
        Message = "The tenants {Tenant} and {Other} have the same secret (key {KeyId}), so tokens that are signed with it are refused. Revoke the keys of both tenants.")]
    private partial void LogShared(string tenant, string other, string keyId);
}
