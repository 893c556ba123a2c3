using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>The names of a namespace in Redis. The companions' hash tag is the secret's whole key, so all lie in one cluster slot.</summary>
internal sealed class RedisKeys(string @namespace)
{
    public RedisKey Secret { get; } = $"{@namespace}:rewt-secret";

    public RedisKey Ring { get; } = $"{{{@namespace}:rewt-secret}}:ring";

    public RedisKey Dead { get; } = $"{{{@namespace}:rewt-secret}}:dead";

    public RedisKey Instances => $"{{{@namespace}:rewt-secret}}:instances";

    /// <summary>Trusted apps by id.</summary>
    public RedisKey Apps => $"{{{@namespace}:rewt-secret}}:apps";

    /// <summary>When API keys were last used, by key id.</summary>
    public RedisKey AppUses => $"{{{@namespace}:rewt-secret}}:app-uses";

    public string AppChannel => $"{{{@namespace}:rewt-secret}}:look-apps";

    public string Channel => $"{{{@namespace}:rewt-secret}}:look";

    /// <summary>The one channel for all tenants of the namespace.</summary>
    public string TenantChannel => $"{{{@namespace}:rewt-secret}}:tenants";
}
