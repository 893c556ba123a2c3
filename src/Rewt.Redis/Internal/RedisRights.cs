namespace Rewt.Internal;

/// <summary>What a login needs at Redis, as ACL rules (Redis 6.2, the verifier's 7.0). Nothing else of this library sends other commands.</summary>
internal static class RedisRights
{
    public static readonly IReadOnlyList<string> Roles = ["signer", "verifier", "operator"];

    private const string Connecting = "+ping +info +client|setname +client|id +config|get +echo +cluster|nodes +cluster|slots +readonly +select";

    private const string Reading = "+getrange +pttl +hgetall +zrange +time +multi +exec +subscribe +unsubscribe";

    /// <summary>The same where services sign with key pairs of their own; <paramref name="service"/> is the one that signs.</summary>
    public static IReadOnlyList<string> OfPairs(string role, string ring, string service) => role switch
    {
        "verifier" => [$"%R~{{{ring}:rewt-keys}}:*", $"&{{{ring}:rewt-keys}}:look", .. "+mget +hgetall +zrange +time +multi +exec +subscribe +unsubscribe".Split(' '), .. PairConnecting],
        "operator" =>
        [
            $"~{{{ring}:rewt-keys}}:*", $"&{{{ring}:rewt-keys}}:look",
            .. "+mget +hgetall +hdel +zrange +time +multi +exec +pexpireat +zadd +zrem +zremrangebyscore +publish +subscribe +unsubscribe".Split(' '), .. PairConnecting, "+del",
        ],
        _ =>
        [
            $"%R~{{{ring}:rewt-keys}}:*", $"~{{{ring}:rewt-keys}}:{service}:*", $"~{{{ring}:rewt-keys}}:instances", $"&{{{ring}:rewt-keys}}:look",
            .. "+mget +hgetall +zrange +time +multi +exec +hset +hmset +hdel +set +pexpireat +expire +zadd +zrem +zremrangebyscore +publish +subscribe +unsubscribe".Split(' '), .. PairConnecting,
        ],
    };

    private static string[] PairConnecting => [.. Connecting.Split(' '), "+get", "+exists"];

    /// <param name="role">One of <see cref="Roles"/>: a service that signs and keeps the ring, one that only verifies, a human with the tool.</param>
    /// <param name="ring">The namespace.</param>
    public static IReadOnlyList<string> Of(string role, string ring) => role switch
    {
        "verifier" =>
        [
            $"%R~{ring}:rewt-secret", $"%R~{{{ring}:rewt-secret}}:ring", $"%R~{{{ring}:rewt-secret}}:dead", $"~{{{ring}:rewt-secret}}:instances", $"&{{{ring}:rewt-secret}}:*",
            .. Reading.Split(' '), "+zadd", "+zrem", "+zremrangebyscore", "+expire", .. Connecting.Split(' '),
        ],
        _ =>
        [
            $"~{ring}:*", $"~{{{ring}:rewt-secret}}:*", $"&{{{ring}:rewt-secret}}:*",
            // Key pairs are their owners' to publish and an operator's to revoke; tenants are found by looking through the keys.
            .. role == "operator" ? [$"~{{{ring}:rewt-keys}}:*", $"&{{{ring}:rewt-keys}}:*", $"~{{{ring}:*:rewt-secret}}:*", "+scan"] : Array.Empty<string>(),
            .. "+get +getrange +exists +set +del +pttl +expire +pexpireat +hget +hset +hgetall +hlen +hmset +zadd +zrem +zrange +zremrangebyscore".Split(' '),
            .. "+time +multi +exec +eval +evalsha +script|load +publish +subscribe +unsubscribe".Split(' '), .. Connecting.Split(' '),
        ],
    };
}
