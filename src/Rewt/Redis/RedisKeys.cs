using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of the Redis keys of a namespace. The Node module <c>rewt</c> uses the same Redis key for the secret. The name of this Redis key is the
/// hash tag of all others, so that all Redis keys of a namespace are in one cluster slot.
/// </summary>
internal sealed class RedisKeys(string @namespace)
{
    private readonly string _tag = $"{{{@namespace}:rewt-secret}}";

    public RedisKey Secret { get; } = $"{@namespace}:rewt-secret";

    public RedisKey Ring => $"{_tag}:ring";

    public RedisKey Revoked => $"{_tag}:dead";

    public RedisKey Instances => $"{_tag}:instances";

    /// <summary>The Redis key with the trusted apps, by id.</summary>
    public RedisKey Apps => $"{_tag}:apps";

    /// <summary>The Redis key with the times at which API keys were last used, by key id.</summary>
    public RedisKey AppUses => $"{_tag}:app-uses";

    public string AppChannel => $"{_tag}:look-apps";

    public string Channel => $"{_tag}:look";

    /// <summary>The Redis key with the tenants that were revoked or deleted, ordered by the time of the change.</summary>
    public RedisKey Tenants => $"{_tag}:tenants";

    /// <summary>The Redis key with the list of the last writes to <see cref="Tenants"/>, the latest first.</summary>
    public RedisKey TenantsLog => $"{_tag}:tenants-log";

    /// <summary>
    /// Returns the Redis key that records the use of a one-time token. The audience is before the token id, so that an ACL rule can restrict a
    /// service to its own records.
    /// </summary>
    public RedisKey UsedOf(string audience, string id) => $"{_tag}:used:{audience}:{id}";

    /// <summary>
    /// Returns the pattern of an ACL rule for the companions of the secret, and for the channels, whose names begin with <paramref name="prefix"/>.
    /// </summary>
    public string Pattern(string prefix = "") => $"{_tag}:{prefix}*";
}
