using System.Text.Json.Nodes;

namespace Rewt.Tests.ConfiguredKeys;

/// <summary>Creates tokens of foreign signers with any header and any claims.</summary>
internal static class ForeignToken
{
    /// <summary>Signs a token with exactly the given claims. By default it has <c>typ</c> JWT and no <c>kid</c>, as PyJWT creates it.</summary>
    public static string Sign(AsymmetricAlgorithm key, object claims, string type = "JWT", string? keyId = null, string? algorithm = null)
    {
        var header = new JsonObject { ["alg"] = algorithm ?? (key is RSA ? "RS256" : "ES256") };
        if (type.Length > 0) header["typ"] = type;
        if (keyId is not null) header["kid"] = keyId;
        var signed = $"{Encode(header)}.{Encode(claims)}";
        var bytes = System.Text.Encoding.ASCII.GetBytes(signed);
        var signature = key is RSA rsa
            ? rsa.SignData(bytes, HashAlgorithmName.SHA256, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Returns the claims of a complete token of a foreign issuer.</summary>
    public static JsonObject Claims(string issuer, string audience, int issued = 0, int expires = 60)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject { ["iss"] = issuer, ["aud"] = audience, ["iat"] = now + issued, ["exp"] = now + expires, ["jti"] = "1" };
    }

    private static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
