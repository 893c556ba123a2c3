namespace Rewt.Internal;

/// <summary>
/// Returns the ACL rules that the Redis user of a service or an operator needs. The command <c>rewt acl</c> prints these rules. The rules require Redis
/// 6.2, and Redis 7.0 for key pairs and for a service that only verifies. The rules cover every command that is sent to Redis.
/// </summary>
internal static class RedisRights
{
    public static readonly IReadOnlyList<string> Roles = ["signer", "verifier", "operator"];

    private const string Connecting = "+ping +info +client|setname +client|id +config|get +echo +cluster|nodes +cluster|slots +readonly +select";

    private const string Reading = "+getrange +pttl +hget +hgetall +hlen +memory|usage +zrange +zmscore +lrange +time +multi +exec +subscribe +unsubscribe";

    private static string[] PairConnecting => [.. Connecting.Split(' '), "+get", "+exists"];

    /// <summary>
    /// Returns the ACL rules for a namespace whose services sign with key pairs. <paramref name="ring"/> names the service that signs.
    /// </summary>
    public static IReadOnlyList<string> OfPairs(string role, PairRingId ring)
    {
        var (keys, pairs) = (new RedisKeys(ring.Namespace), new PairRedisKeys(ring.Namespace));
        return role switch
        {
            "verifier" =>
            [
                $"%R~{pairs.Pattern()}", Used(keys, ring.Service), .. CheckedApps(keys), $"&{pairs.Channel}", $"&{keys.AppChannel}",
                .. "+mget +hget +hgetall +hlen +memory|usage +zrange +time +multi +exec +hset +hmset +set +subscribe +unsubscribe".Split(' '), .. PairConnecting,
            ],
            "operator" =>
            [
                $"~{pairs.Pattern()}", $"~{keys.Apps}", $"~{keys.AppUses}", $"&{pairs.Channel}", $"&{keys.AppChannel}",
                .. "+mget +scan +hget +hgetall +hlen +memory|usage +hdel +zrange +time +multi +exec +pexpireat +zadd +zrem +zremrangebyscore +publish +subscribe +unsubscribe".Split(' '), .. PairConnecting, "+del",
                // A selector, because with +hset for all keys an operator could publish keys and therefore sign as any service.
                .. $"(~{keys.Apps} +hset +eval +evalsha +script|load)".Split(' '),
            ],
            _ =>
            [
                $"%R~{pairs.Pattern()}", $"~{pairs.Pattern($"{ring.Service}:")}", $"~{pairs.Instances}", Used(keys, ring.Service), .. CheckedApps(keys), $"&{pairs.Channel}", $"&{keys.AppChannel}",
                .. "+mget +hget +hgetall +hlen +memory|usage +zrange +time +multi +exec +hset +hmset +hdel +set +pexpireat +expire +zadd +zrem +zremrangebyscore +publish +subscribe +unsubscribe".Split(' '), .. PairConnecting,
            ],
        };
    }

    /// <param name="role">One of <see cref="Roles"/>: a service that signs and rotates, a service that only verifies, or an operator with the
    /// command-line tool.</param>
    /// <param name="namespace">The name of the namespace.</param>
    public static IReadOnlyList<string> Of(string role, string @namespace)
    {
        var (keys, pairs) = (new RedisKeys(@namespace), new PairRedisKeys(@namespace));
        return role switch
        {
            "verifier" =>
            [
                $"%R~{keys.Secret}", $"%R~{keys.Ring}", $"%R~{keys.Revoked}", $"%R~{keys.Tenants}", $"%R~{keys.TenantsLog}", $"~{keys.Instances}", Used(keys), .. CheckedApps(keys), $"&{keys.Pattern()}",
                .. Reading.Split(' '), "+hset", "+hmset", "+set", "+zadd", "+zrem", "+zremrangebyscore", "+expire", .. Connecting.Split(' '),
            ],
            _ =>
            [
                $"~{keys.Secret}", $"~{keys.Pattern()}", $"&{keys.Pattern()}",
                // Key pairs are published by their owners and revoked by an operator. Finding them requires SCAN.
                .. role == "operator" ? [$"~{pairs.Pattern()}", $"&{pairs.Pattern()}", "+scan"] : Array.Empty<string>(),
                .. "+get +getrange +exists +set +del +pttl +expire +pexpireat +hget +hset +hdel +hgetall +hlen +memory|usage +hmset +zadd +zrem +zrange +zremrangebyscore +zmscore +lpush +ltrim +lrange".Split(' '),
                .. "+time +multi +exec +eval +evalsha +script|load +publish +subscribe +unsubscribe".Split(' '), .. Connecting.Split(' '),
            ],
        };
    }

    /// <summary>Returns the part of an ACL rule for the records of used one-time tokens, for one service or for all services.</summary>
    private static string Used(RedisKeys keys, string service = "") => $"~{keys.Pattern(service.Length == 0 ? "used:" : $"used:{service}:")}";

    /// <summary>Returns the parts of an ACL rule with which a service can check API keys and record their last uses, but cannot change apps.</summary>
    private static string[] CheckedApps(RedisKeys keys) => [$"%R~{keys.Apps}", $"~{keys.AppUses}"];
}
