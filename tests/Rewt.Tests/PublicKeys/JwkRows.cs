using System.Text.Json.Nodes;

namespace Rewt.Tests.PublicKeys;

/// <summary>Creates valid and invalid JWKs of keys that are generated for the test run.</summary>
internal static class JwkRows
{
    public static readonly ECDsa P256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public static readonly ECDsa P384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    public static readonly RSA Rsa2048 = RSA.Create(2048);

    /// <summary>Creates a valid EC JWK with changed members. A member whose value is null is removed.</summary>
    public static JsonObject Ec(ECDsa? key = null, params (string Name, JsonNode? Value)[] changes)
    {
        var parameters = (key ?? P256).ExportParameters(includePrivateParameters: false);
        var size = (key ?? P256).KeySize;
        return With(
            new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = $"P-{size}",
                ["x"] = Base64Url.EncodeToString(parameters.Q.X),
                ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
                ["alg"] = $"ES{size}",
                ["use"] = "sig",
                ["kid"] = $"ec-{size}",
            },
            changes);
    }

    /// <summary>Creates a valid RSA JWK with changed members. A member whose value is null is removed.</summary>
    public static JsonObject Rsa(params (string Name, JsonNode? Value)[] changes)
    {
        var parameters = Rsa2048.ExportParameters(includePrivateParameters: false);
        return With(
            new JsonObject
            {
                ["kty"] = "RSA",
                ["n"] = Base64Url.EncodeToString(parameters.Modulus),
                ["e"] = Base64Url.EncodeToString(parameters.Exponent),
                ["alg"] = "RS256",
                ["use"] = "sig",
                ["kid"] = "rsa-2048",
            },
            changes);
    }

    /// <summary>Returns an odd number of the given length as the member n. It is not a real modulus, but readers only check its length.</summary>
    public static string Modulus(int bits)
    {
        var bytes = new byte[(bits + 7) / 8];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = (byte)(1 << ((bits - 1) % 8));
        bytes[^1] |= 1;
        return Base64Url.EncodeToString(bytes);
    }

    public static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(JsonSerializerOptions.Web));

    private static JsonObject With(JsonObject jwk, (string Name, JsonNode? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            jwk.Remove(name);
            if (value is not null) jwk[name] = value;
        }

        return jwk;
    }
}
