namespace Rewt.Tests.Pairs;

/// <summary>A key pair that a test makes and shows in Redis as a service would, whose private key the test has.</summary>
internal sealed class PublishedPair(KeyPair pair)
{
    public KeyPair Pair => pair;

    public string KeyId => pair.KeyId;

    public static PublishedPair Generate(string algorithm = "ES256") => new(KeyPair.Generate(algorithm));

    /// <summary>A good entry of a service's ring.</summary>
    public byte[] Entry(string service) => PublishedKey.Write(
        pair.Public, RewtKeyState.Current, TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds(), KeyProof.Make(pair, "rewt", service));

    public Task PublishAsync(RedisServer redis, string service, byte[]? entry = null) => PublishAsync(redis, service, KeyId, entry ?? Entry(service));

    public static async Task PublishAsync(RedisServer redis, string service, string name, byte[] entry)
    {
        await redis.CommandAsync("HSET", $"{{rewt:rewt-keys}}:{service}:keys", name, entry);
        await redis.CommandAsync("SET", $"{{rewt:rewt-keys}}:{service}:epoch", "epoch", "NX");
        await redis.CommandAsync("PUBLISH", "{rewt:rewt-keys}:look", "look");
    }

    public string Bearer(string issuer, string audience = "inventory") =>
        HandmadeToken.Sign(pair, new() { ["iss"] = issuer, ["aud"] = audience });
}
