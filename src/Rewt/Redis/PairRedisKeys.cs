using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of the Redis keys that contain a namespace's public keys. All are in one cluster slot, and each service's keys contain its name, so that
/// an ACL rule can restrict a service to its own.
/// </summary>
internal sealed class PairRedisKeys(string @namespace)
{
    private readonly string _tag = $"{{{@namespace}:rewt-keys}}";

    /// <summary>The keys of any service that an operator revoked.</summary>
    public RedisKey Revoked => $"{_tag}:dead";

    public RedisKey Instances => $"{_tag}:instances";

    public string Channel => $"{_tag}:look";

    /// <summary>A service's public keys.</summary>
    public RedisKey KeysOf(string service) => $"{_tag}:{service}:keys";

    /// <summary>Returns the service of <see cref="KeysOf"/>.</summary>
    public string ServiceOf(RedisKey keys) => ((string)keys!)[(_tag.Length + 1)..^":keys".Length];

    /// <summary>
    /// The epoch of a service's ring. It expires later than the keys, so that a deletion of the keys can be distinguished from a loss of all data.
    /// </summary>
    public RedisKey EpochOf(string service) => $"{_tag}:{service}:epoch";

    /// <summary>A service's revoked keys.</summary>
    public RedisKey RevokedOf(string service) => $"{_tag}:{service}:dead";
}
