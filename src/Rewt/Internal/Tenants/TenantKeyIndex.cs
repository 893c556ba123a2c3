using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;

namespace Rewt.Internal;

/// <summary>
/// Which tenant a key is of. Two tenants with one secret, which only a human can give them, are no two tenants: whoever holds it signs for both, so
/// nothing that was signed with it is accepted.
/// </summary>
/// <param name="capacity">How many tenants are held.</param>
/// <param name="holds">Whether a tenant's ring, as it is known here, holds a key.</param>
/// <param name="logger">The log.</param>
internal sealed partial class TenantKeyIndex(int capacity, Func<string, string, bool> holds, ILogger logger)
{
    private const int MostShared = 1024;

    /// <summary>
    /// The current and the pending key of each, and then some. Strictly the last ones: a cache that favours what is used would drop new keys first, and none
    /// is used again before another tenant has it too.
    /// </summary>
    private readonly ClassicLru<string, string> _tenants = new(3 * capacity);

    private readonly FastConcurrentLru<string, bool> _shared = new(MostShared);
    private readonly Lock _gate = new();
    private int _any;

    public bool IsShared(string keyId) => Volatile.Read(ref _any) > 0 && _shared.TryGet(keyId, out _);

    /// <summary>A tenant's ring was read.</summary>
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
        Message = "The tenants {Tenant} and {Other} have the same secret (key {KeyId}): nothing that is signed with it is accepted. Revoke both tenants.")]
    private partial void LogShared(string tenant, string other, string keyId);
}
