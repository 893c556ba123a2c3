using StackExchange.Redis;

namespace Rewt.Internal;

/// <summary>
/// The names of the Redis keys that contain the public keys of a namespace. All Redis keys are in one cluster slot. The name of a service is part of
/// its Redis keys, so that an ACL rule can restrict the service to its own Redis keys.
/// </summary>
internal sealed class PairRedisKeys(string @namespace)
{
    private readonly string _tag = $"{{{@namespace}:rewt-keys}}";

    /// <summary>The Redis key with the ids of the keys that an operator revoked, for all services.</summary>
    public RedisKey Revoked => $"{_tag}:dead";

    public RedisKey Instances => $"{_tag}:instances";

    public string Channel => $"{_tag}:look";

    /// <summary>Returns the pattern of an ACL rule for the Redis keys, and for the channel, whose names begin with <paramref name="prefix"/>.</summary>
    public string Pattern(string prefix = "") => $"{_tag}:{prefix}*";

    /// <summary>Returns the Redis key with the public keys of a service.</summary>
    public RedisKey KeysOf(string service) => $"{_tag}:{service}:keys";

    /// <summary>Returns the name of the service from a Redis key that <see cref="KeysOf"/> returned.</summary>
    public string ServiceOf(RedisKey keys) => ((string)keys!)[(_tag.Length + 1)..^":keys".Length];

    /// <summary>
    /// Returns the Redis key with the epoch of a service's keys. The epoch expires later than the keys, so that a deletion of the keys can be
    /// distinguished from a loss of all data.
    /// </summary>
    public RedisKey EpochOf(string service) => $"{_tag}:{service}:epoch";

    /// <summary>Returns the Redis key with the ids of the keys that a service has revoked.</summary>
    public RedisKey RevokedOf(string service) => $"{_tag}:{service}:dead";
}
