using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// A public EC or RSA key that verifies tokens and can be published as a JWK. The object is created from public numbers only, so it never contains a
/// private or symmetric key.
/// </summary>
internal sealed class PublicKey
{
    public const string OtherRsaAlgorithm = "an RSA key is for RS256 or PS256";

    /// <summary>The members of the JWK from which the thumbprint is computed, in the order of RFC 7638 §3.2.</summary>
    private readonly (string Name, string Value)[] _numbers;

    private PublicKey(KeyId? keyId, string algorithm, SecurityKey securityKey, params (string Name, string Value)[] numbers)
    {
        _numbers = numbers;
        (Algorithm, SecurityKey, Thumbprint) = (algorithm, securityKey, ThumbprintOf(numbers));
        KeyId = keyId ?? KeyId.Parse(Thumbprint);
        securityKey.KeyId = KeyId.ToString();
        Candidates = [securityKey];
    }

    /// <summary>The key id: the <c>kid</c> in the source of the key, or the thumbprint if the source has no <c>kid</c>.</summary>
    public KeyId KeyId { get; }

    /// <summary>The SHA-256 thumbprint of the key (RFC 7638), in base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>The only algorithm of the key: ES256, ES384, RS256 or PS256.</summary>
    public string Algorithm { get; }

    /// <summary>The key object for the Microsoft.IdentityModel libraries, which implements <see cref="IOneAlgorithmKey"/>.</summary>
    public SecurityKey SecurityKey { get; }

    /// <summary>The list that contains only <see cref="SecurityKey"/>. The list is created once, so that a lookup allocates no memory.</summary>
    public IReadOnlyList<SecurityKey> Candidates { get; }

    /// <summary>Creates a public key from an EC key.</summary>
    /// <exception cref="ArgumentException">The key is not permitted. The message contains the reason.</exception>
    public static PublicKey From(ECDsa key, KeyId? keyId = null) =>
        TryCreate(key.ExportParameters(includePrivateParameters: false), keyId, out var problem) ?? throw new ArgumentException($"The key cannot be used: {problem}.", nameof(key));

    /// <summary>Creates a public key from an RSA key, for RS256 or PS256.</summary>
    /// <exception cref="ArgumentException">The key is not permitted. The message contains the reason.</exception>
    public static PublicKey From(RSA key, string algorithm, KeyId? keyId = null) =>
        TryCreate(key.ExportParameters(includePrivateParameters: false), algorithm, keyId, out var problem)
            ?? throw new ArgumentException($"The key cannot be used: {problem}.", nameof(key));

    /// <summary>Creates a public key from a point on a curve. If the point is invalid, <paramref name="problem"/> contains the reason.</summary>
    public static PublicKey? TryCreate(ECParameters parameters, KeyId? keyId, out string? problem)
    {
        if (EllipticCurve.Find(parameters.Curve) is not { } curve) return Refuse("the curve is not P-256 or P-384", out problem);
        if (parameters.Q is not { X: { } x, Y: { } y } || !curve.Holds(x, y)) return Refuse($"the point is not on the curve {curve.Name}", out problem);

        problem = ProblemOf(keyId);
        return problem is not null ? null : Unpublished(out problem, new PublicKey(
            keyId,
            curve.Algorithm,
            new EcVerificationKey(new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = [.. x], Y = [.. y] } }, curve.Algorithm),
            ("crv", curve.Name),
            ("kty", "EC"),
            ("x", Base64Url.EncodeToString(x)),
            ("y", Base64Url.EncodeToString(y))));
    }

    /// <summary>
    /// Creates a public key from a modulus and an exponent. If a number is invalid, <paramref name="problem"/> contains the reason.
    /// </summary>
    public static PublicKey? TryCreate(RSAParameters parameters, string algorithm, KeyId? keyId, out string? problem)
    {
        if (algorithm is not (SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256)) return Refuse(OtherRsaAlgorithm, out problem);

        problem = RsaNumbers.Problem(parameters.Modulus, parameters.Exponent) ?? ProblemOf(keyId);
        return problem is not null ? null : Unpublished(out problem, new PublicKey(
            keyId,
            algorithm,
            new RsaVerificationKey(new RSAParameters { Modulus = [.. parameters.Modulus!], Exponent = [.. parameters.Exponent!] }, algorithm),
            ("e", Base64Url.EncodeToString(parameters.Exponent)),
            ("kty", "RSA"),
            ("n", Base64Url.EncodeToString(parameters.Modulus))));
    }

    /// <summary>Returns <see langword="null"/> in place of a key, and sets the reason why the key is refused.</summary>
    public static PublicKey? Refuse(string reason, out string? problem)
    {
        problem = reason;
        return null;
    }

    /// <summary>Records the issuer to which the key belongs. A token that is signed with the key but names another issuer is refused.</summary>
    public void BelongTo(string issuer) => ((IOneAlgorithmKey)SecurityKey).Owner = issuer;

    /// <summary>
    /// Writes the key as a JWK (RFC 7517 §4). The attestation is included if there is one. The delegate <paramref name="more"/> writes additional
    /// members.
    /// </summary>
    public void WriteTo(Utf8JsonWriter json, string? attestation = null, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        foreach (var (name, value) in _numbers) json.WriteString(name, value);
        json.WriteString("alg"u8, Algorithm);
        json.WriteString("kid"u8, KeyId.ToString());
        json.WriteString("use"u8, "sig"u8);
        more?.Invoke(json);
        if (attestation is not null)
        {
            json.WritePropertyName(Attestation.Member);
            json.WriteRawValue(attestation);
        }

        json.WriteEndObject();
    }

    public string ToJwk()
    {
        using var buffer = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(buffer)) WriteTo(json);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    public override string ToString() => $"public key {KeyId} for {Algorithm}";

    private static PublicKey? Unpublished(out string? problem, PublicKey key)
    {
        problem = PublishedPrivateKeys.Contains(key) ? PublishedPrivateKeys.Problem : null;
        return problem is null ? key : null;
    }

    private static string? ProblemOf(KeyId? keyId) => keyId is not { } named || Names.IsIdentifier(named.ToString())
        ? null
        : $"the kid is not 1 to {Names.MaximumLength} printable ASCII characters without quotes and backslashes";

    private static string ThumbprintOf((string Name, string Value)[] members)
    {
        // Names and base64url need no escaping.
        var text = $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":\"{member.Value}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
    }
}
