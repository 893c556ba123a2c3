using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of a namespace's Redis keys. Node's rewt uses the one of the secret too; all others have its name as their hash tag, so that all are in
/// one cluster slot.
/// </summary>
internal sealed class RedisKeys(string @namespace)
{
    public RedisKey Secret { get; } = $"{@namespace}:rewt-secret";

    public RedisKey Ring { get; } = $"{{{@namespace}:rewt-secret}}:ring";

    public RedisKey Revoked { get; } = $"{{{@namespace}:rewt-secret}}:dead";

    public RedisKey Instances => $"{{{@namespace}:rewt-secret}}:instances";

    /// <summary>The trusted apps by id.</summary>
    public RedisKey Apps => $"{{{@namespace}:rewt-secret}}:apps";

    /// <summary>The times at which API keys were last used, by key id.</summary>
    public RedisKey AppUses => $"{{{@namespace}:rewt-secret}}:app-uses";

    public string AppChannel => $"{{{@namespace}:rewt-secret}}:look-apps";

    public string Channel => $"{{{@namespace}:rewt-secret}}:look";

    /// <summary>The tenants that were revoked or deleted, by the time of that.</summary>
    public RedisKey Tenants => $"{{{@namespace}:rewt-secret}}:tenants";

    /// <summary>The last writes to <see cref="Tenants"/>, the latest first.</summary>
    public RedisKey TenantsLog => $"{{{@namespace}:rewt-secret}}:tenants-log";

    /// <summary>The record of a used one-time token. The audience comes first, so that an ACL rule can restrict a service to its own records.</summary>
    public RedisKey UsedOf(string audience, string id) => $"{{{@namespace}:rewt-secret}}:used:{audience}:{id}";
}
