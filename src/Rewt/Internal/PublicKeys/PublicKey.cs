using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A key that verifies and can be shown to everybody. It is made of the public numbers of an EC or RSA key and of nothing else: a private or a
/// symmetric key has no way into one, and so none into a JWKS.
/// </summary>
internal sealed class PublicKey
{
    /// <summary>The members that RFC 7638 §3.2 wants, in its order.</summary>
    private readonly (string Name, string Value)[] _numbers;

    private PublicKey(string? keyId, string algorithm, SecurityKey securityKey, params (string Name, string Value)[] numbers)
    {
        _numbers = numbers;
        (Algorithm, SecurityKey, Thumbprint) = (algorithm, securityKey, ThumbprintOf(numbers));
        KeyId = keyId ?? Thumbprint;
        securityKey.KeyId = KeyId;
        Candidates = [securityKey];
    }

    /// <summary>The key id: what the source says, else the thumbprint.</summary>
    public string KeyId { get; }

    /// <summary>RFC 7638, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>The one algorithm that the key is for: ES256, ES384, RS256 or PS256.</summary>
    public string Algorithm { get; }

    /// <summary>What verifies; an <see cref="IOneAlgorithmKey"/>.</summary>
    public SecurityKey SecurityKey { get; }

    /// <summary>The answer to "which keys may verify this key id", made once so that a look-up allocates nothing.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    /// <summary>The public half of an EC key.</summary>
    /// <exception cref="ArgumentException">The key is none that may be used; the message says why.</exception>
    public static PublicKey From(ECDsa key, string? keyId = null) =>
        TryCreate(key.ExportParameters(includePrivateParameters: false), keyId, out var problem) ?? throw new ArgumentException($"The key cannot be used: {problem}.", nameof(key));

    /// <summary>The public half of an RSA key, for RS256 or PS256.</summary>
    /// <exception cref="ArgumentException">The key is none that may be used; the message says why.</exception>
    public static PublicKey From(RSA key, string algorithm, string? keyId = null) =>
        TryCreate(key.ExportParameters(includePrivateParameters: false), algorithm, keyId, out var problem)
            ?? throw new ArgumentException($"The key cannot be used: {problem}.", nameof(key));

    /// <summary>A key of a point, or what is wrong with it.</summary>
    public static PublicKey? TryCreate(ECParameters parameters, string? keyId, out string? problem)
    {
        if (EllipticCurve.Find(parameters.Curve) is not { } curve)
        {
            problem = "the curve is not P-256 or P-384";
            return null;
        }

        if (parameters.Q is not { X: { } x, Y: { } y } || !curve.Holds(x, y))
        {
            problem = $"the point is not on the curve {curve.Name}";
            return null;
        }

        problem = ProblemOf(keyId);
        return problem is not null ? null : new PublicKey(
            keyId,
            curve.Algorithm,
            new EcVerificationKey(new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = [.. x], Y = [.. y] } }, curve.Algorithm),
            ("crv", curve.Name),
            ("kty", "EC"),
            ("x", Base64Url.EncodeToString(x)),
            ("y", Base64Url.EncodeToString(y)));
    }

    /// <summary>A key of a modulus and an exponent, or what is wrong with them.</summary>
    public static PublicKey? TryCreate(RSAParameters parameters, string algorithm, string? keyId, out string? problem)
    {
        if (algorithm is not (SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256))
        {
            problem = "an RSA key is for RS256 or PS256";
            return null;
        }

        problem = RsaNumbers.Problem(parameters.Modulus, parameters.Exponent) ?? ProblemOf(keyId);
        return problem is not null ? null : new PublicKey(
            keyId,
            algorithm,
            new RsaVerificationKey(new RSAParameters { Modulus = [.. parameters.Modulus!], Exponent = [.. parameters.Exponent!] }, algorithm),
            ("e", Base64Url.EncodeToString(parameters.Exponent)),
            ("kty", "RSA"),
            ("n", Base64Url.EncodeToString(parameters.Modulus)));
    }

    /// <summary>Writes the key as a JWK (RFC 7517 §4).</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, value) in _numbers) json.WriteString(name, value);
        json.WriteString("alg"u8, Algorithm);
        json.WriteString("kid"u8, KeyId);
        json.WriteString("use"u8, "sig"u8);
        json.WriteEndObject();
    }

    /// <summary>The JWK as text.</summary>
    public string ToJwk()
    {
        using var buffer = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(buffer)) WriteTo(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public override string ToString() => $"public key {KeyId} for {Algorithm}";

    private static string? ProblemOf(string? keyId) => keyId is null || Names.IsIdentifier(keyId)
        ? null
        : $"the kid is not 1 to {Names.MaximumLength} printable ASCII characters without quotes and backslashes";

    private static string ThumbprintOf((string Name, string Value)[] members)
    {
        // Names and base64url need no escaping.
        var text = $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":\"{member.Value}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }
}
