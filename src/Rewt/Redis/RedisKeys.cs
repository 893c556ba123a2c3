using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of the Redis keys of a namespace. The Node module <c>rewt</c> uses the same Redis key for the secret. The name of this Redis key is the
/// hash tag of all others, so that all Redis keys of a namespace are in one cluster slot.
/// </summary>
internal sealed class RedisKeys(string @namespace)
{
    public RedisKey Secret { get; } = $"{@namespace}:rewt-secret";

    public RedisKey Ring { get; } = $"{{{@namespace}:rewt-secret}}:ring";

    public RedisKey Revoked { get; } = $"{{{@namespace}:rewt-secret}}:dead";

    public RedisKey Instances => $"{{{@namespace}:rewt-secret}}:instances";

    /// <summary>The Redis key with the trusted apps, by id.</summary>
    public RedisKey Apps => $"{{{@namespace}:rewt-secret}}:apps";

    /// <summary>The Redis key with the times at which API keys were last used, by key id.</summary>
    public RedisKey AppUses => $"{{{@namespace}:rewt-secret}}:app-uses";

    public string AppChannel => $"{{{@namespace}:rewt-secret}}:look-apps";

    public string Channel => $"{{{@namespace}:rewt-secret}}:look";

    /// <summary>The Redis key with the tenants that were revoked or deleted, ordered by the time of the change.</summary>
    public RedisKey Tenants => $"{{{@namespace}:rewt-secret}}:tenants";

    /// <summary>The Redis key with the list of the last writes to <see cref="Tenants"/>, the latest first.</summary>
    public RedisKey TenantsLog => $"{{{@namespace}:rewt-secret}}:tenants-log";

    /// <summary>
    /// Returns the Redis key that records the use of a one-time token. The audience is before the token id, so that an ACL rule can restrict a
    /// service to its own records.
    /// </summary>
    public RedisKey UsedOf(string audience, string id) => $"{{{@namespace}:rewt-secret}}:used:{audience}:{id}";
}
