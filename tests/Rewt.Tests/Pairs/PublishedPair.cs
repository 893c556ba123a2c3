using System.Security.Cryptography.X509Certificates;

namespace Rewt.Tests.Pairs;

/// <summary>Represents a key pair that a test publishes in Redis in the same format as a service. The test holds the private key.</summary>
internal sealed class PublishedPair(KeyPair pair)
{
    public KeyPair Pair => pair;

    public string KeyId => pair.KeyId.ToString();

    public static PublishedPair Generate(string algorithm = "ES256") => new(KeyPair.Generate(algorithm));

    /// <summary>Returns a valid entry for the ring of a service.</summary>
    public byte[] Entry(string service, string? attestation = null) => PublishedKey.Write(
        pair.Public, RewtKeyState.Current, StoreTime.From(TimeProvider.System.GetUtcNow().AddHours(1)), KeyProof.Make(pair, new("rewt", service)), attestation);

    /// <summary>Returns an attestation of this key by the given certificate.</summary>
    internal string Attest(X509Certificate2 certificate, IEnumerable<byte[]> intermediates, string ring = "rewt", string service = "orders", TimeSpan? lifetime = null)
    {
        var at = StoreTime.From(TimeProvider.System.GetUtcNow());
        var until = at + (lifetime ?? TimeSpan.FromDays(30));
        var statement = Attestation.Statement(new(ring, service), at, until, pair.Public);
        using var rsa = certificate.GetRSAPrivateKey();
        using var ecdsa = certificate.GetECDsaPrivateKey();
        var signature = rsa?.SignData(statement, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? ecdsa!.SignData(statement, HashAlgorithmName.SHA256);
        return new Attestation(new(ring, service), at, until, [certificate.RawData, .. intermediates], Base64Url.EncodeToString(signature)).ToJson();
    }

    /// <summary>Returns a JWKS that contains only this key.</summary>
    public string ToJwks(string? attestation)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) pair.Public.WriteTo(json, attestation);
        return $$"""{"keys":[{{Encoding.UTF8.GetString(buffer.ToArray())}}]}""";
    }

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
