using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Parses one untrusted JWK (RFC 7517 §4). The result is a <see cref="PublicKey"/> that can verify tokens, or the reason why the JWK is refused.
/// </summary>
internal static class JwkReader
{
    /// <summary>The maximum size of one JWK, in bytes.</summary>
    public const int MaximumBytes = 16 * 1024;

    public const string OtherKind = "the kty is not EC or RSA";
    public const string OtherCurve = "the crv is not P-256 or P-384";

    /// <summary>The members that only private and symmetric keys have (RFC 7518 §6.2.2, §6.3.2, §6.4.1).</summary>
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Parses one JWK.</summary>
    /// <param name="json">The JWK in UTF-8.</param>
    /// <param name="problem">The reason why the key is refused, as a sentence without a full stop and without any part of the input;
    /// <see langword="null"/> if the key is accepted.</param>
    /// <param name="keyIdRequired">Whether a key without <c>kid</c> is refused. If the value is <see langword="false"/>, the thumbprint is used as the key
    /// id of such a key.</param>
    /// <param name="rsaAlgorithm">The algorithm of an RSA key without <c>alg</c>. The default is the most common algorithm.</param>
    public static PublicKey? TryRead(ReadOnlyMemory<byte> json, out string? problem, bool keyIdRequired = true, string rsaAlgorithm = SecurityAlgorithms.RsaSha256)
    {
        if (json.Length > MaximumBytes) return PublicKey.Refuse($"the entry is longer than {MaximumBytes / 1024} KB", out problem);

        try
        {
            using var document = StrictJson.Parse(json);
            return TryRead(document.RootElement, out problem, keyIdRequired, rsaAlgorithm);
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            return PublicKey.Refuse("the entry is not valid JSON (RFC 8259), or has a duplicate member", out problem);
        }
    }

    private static PublicKey? TryRead(JsonElement jwk, out string? problem, bool keyIdRequired, string rsaAlgorithm)
    {
        if (jwk.ValueKind != JsonValueKind.Object) return PublicKey.Refuse("the entry is not a JSON object", out problem);

        try
        {
            problem = ProblemOfUse(jwk);
            if (problem is not null) return null;

            var keyId = KeyId.TryParse(Text(jwk, "kid"));
            if (keyId is null && keyIdRequired) return PublicKey.Refuse("the key has no kid", out problem);

            var key = Text(jwk, "kty") switch
            {
                "EC" => TryReadEc(jwk, keyId, out problem),
                "RSA" => TryReadRsa(jwk, keyId, rsaAlgorithm, out problem),
                _ => PublicKey.Refuse(OtherKind, out problem),
            };
            return key is not null && Find(jwk, "x5c") is { } chain && !IsCertified(key, chain) ? PublicKey.Refuse("the x5c is not a certificate of this key", out problem) : key;
        }
        catch (JsonException)
        {
            return PublicKey.Refuse("a member that must be a string has another type", out problem);
        }
    }

    private static PublicKey? TryReadEc(JsonElement jwk, KeyId? keyId, out string? problem)
    {
        if (EllipticCurve.Find(Text(jwk, "crv")) is not { } curve) return PublicKey.Refuse(OtherCurve, out problem);
        if (Text(jwk, "alg") is { } algorithm && algorithm != curve.Algorithm) return PublicKey.Refuse($"the alg of a key on {curve.Name} must be {curve.Algorithm}", out problem);
        if (Bytes(jwk, "x") is not { } x || Bytes(jwk, "y") is not { } y) return PublicKey.Refuse("x or y is missing or not base64url", out problem);
        return PublicKey.TryCreate(new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } }, keyId, out problem);
    }

    private static PublicKey? TryReadRsa(JsonElement jwk, KeyId? keyId, string rsaAlgorithm, out string? problem)
    {
        var algorithm = Text(jwk, "alg") ?? rsaAlgorithm;
        if (Bytes(jwk, "n") is not { } modulus || Bytes(jwk, "e") is not { } exponent) return PublicKey.Refuse("n or e is missing or not base64url", out problem);
        return PublicKey.TryCreate(new RSAParameters { Modulus = modulus, Exponent = exponent }, algorithm, keyId, out problem);
    }

    /// <summary>
    /// Returns whether the first certificate of the JWK contains the key of the JWK (RFC 7517 §4.7). If the certificate contained another key, two readers
    /// of the JWK could use different keys.
    /// </summary>
    private static bool IsCertified(PublicKey key, JsonElement chain) =>
        chain.ValueKind == JsonValueKind.Array && chain[0].ValueKind == JsonValueKind.String && chain[0].TryGetBytesFromBase64(out var certificate)
        && PublicKeyPem.TryReadOne("CERTIFICATE", certificate, key.Algorithm, out _)?.Thumbprint == key.Thumbprint;

    /// <summary>Returns the error in the members that describe the use of the key; <see langword="null"/> if there is no error.</summary>
    private static string? ProblemOfUse(JsonElement jwk)
    {
        if (Text(jwk, "kty") == "oct") return "the key is symmetric (oct)";
        if (Array.Exists(PrivateMembers, name => Find(jwk, name) is not null)) return "the key has private members, so its private key is disclosed; replace the key pair";
        if (Text(jwk, "use") is not (null or "sig" or "jwt-svid")) return "the use must be sig";
        if (Find(jwk, "key_ops") is not { } operations) return null;
        return operations.ValueKind == JsonValueKind.Array && operations.GetArrayLength() == 1 && operations[0].ValueKind == JsonValueKind.String && operations[0].ValueEquals("verify"u8)
            ? null
            : "the key_ops must be verify only";
    }

    /// <summary>
    /// Decodes a member in base64url (RFC 7515 §2). Padding, spaces and unused bits other than zero are not permitted, so that a number has exactly
    /// one encoding.
    /// </summary>
    private static byte[]? Bytes(JsonElement jwk, string name)
    {
        if (Text(jwk, name) is not { } text || !Base64Url.IsValid(text)) return null;

        var bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }

    /// <summary>
    /// Returns a member of the JWK; <see langword="null"/> if it is absent. The value null, an empty string and an empty array count as absent,
    /// because some serializers write them for absent members.
    /// </summary>
    private static JsonElement? Find(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.Null => false,
            JsonValueKind.String => !value.ValueEquals(""u8),
            JsonValueKind.Array => value.GetArrayLength() > 0,
            _ => true,
        } ? value : null;

    /// <exception cref="JsonException">The member is not a string.</exception>
    private static string? Text(JsonElement jwk, string name) => Find(jwk, name) is null ? null : StrictJson.Text(jwk, name);
}
