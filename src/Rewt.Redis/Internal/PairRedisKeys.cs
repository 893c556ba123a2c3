using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of a namespace's public keys in Redis: all in one cluster slot, and each service's under its own name, so that an access rule can give a
/// service its own ring to write and nothing else.
/// </summary>
internal sealed class PairRedisKeys(string @namespace)
{
    private readonly string _tag = $"{{{@namespace}:rewt-keys}}";

    /// <summary>Keys that an operator revokes, whoever's they are.</summary>
    public RedisKey Dead => $"{_tag}:dead";

    public RedisKey Instances => $"{_tag}:instances";

    public string Channel => $"{_tag}:look";

    /// <summary>A service's public keys.</summary>
    public RedisKey KeysOf(string service) => $"{_tag}:{service}:keys";

    /// <summary>In which life a service's ring is; it outlives the keys, so that one who deletes them is told from a store that lost all.</summary>
    public RedisKey EpochOf(string service) => $"{_tag}:{service}:epoch";

    /// <summary>A service's revoked keys.</summary>
    public RedisKey DeadOf(string service) => $"{_tag}:{service}:dead";
}
