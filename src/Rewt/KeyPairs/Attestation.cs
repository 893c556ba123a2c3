using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A statement that a published public key belongs to a service. The service signs the statement with its X.509 certificate. The service then
/// publishes the statement with the key, in the JWK member that <see cref="Member"/> names. Receivers check the statement before they accept tokens
/// of the key.
/// </summary>
/// <param name="Ring">The namespace for which the statement is made, and the name of the service that owns the key.</param>
/// <param name="At">The time at which the statement was made, by the clock of the store. The time is displayed to operators but not checked, because
/// the author of an attestation can state any time.</param>
/// <param name="Until">The time at which the statement expires, by the clock of the store. The expiry prevents an attacker from replaying the
/// statement long after the key was retired or revoked.</param>
/// <param name="Chain">The certificate of the service and the intermediate certificates, in DER.</param>
/// <param name="Signature">The signature of <see cref="Statement"/>, in base64url.</param>
internal sealed record Attestation(PairRingId Ring, StoreTime At, StoreTime Until, IReadOnlyList<byte[]> Chain, string Signature)
{
    public const string Member = "rewt_attestation";

    /// <summary>The maximum number of certificates in a chain: the certificate of the service, and up to four intermediate certificates.</summary>
    public const int MaximumCertificates = 5;

    /// <summary>Parses an attestation from JSON. The JSON is not trusted, because any client of Redis can write it.</summary>
    public static Attestation? TryRead(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, StrictJson.Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("at"u8, out var at) || !at.TryGetInt64(out var time)) return null;
            if (!root.TryGetProperty("until"u8, out var end) || !end.TryGetInt64(out var until)) return null;
            if (!root.TryGetProperty("x5c"u8, out var chain) || chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() is < 1 or > MaximumCertificates) return null;
            return StrictJson.Text(root, "ring") is { } @namespace && StrictJson.Text(root, "service") is { } service && StrictJson.Text(root, "sig") is { } signature && Base64Url.IsValid(signature)
                ? new Attestation(new(@namespace, service), new(time), new(until), [.. chain.EnumerateArray().Select(certificate => certificate.GetBytesFromBase64())], signature)
                : null;
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the text that the service signs. The text begins with the version of its format, and contains the public key with its algorithm. A
    /// signature of the text is therefore valid for no other statement.
    /// </summary>
    public static byte[] Statement(PairRingId ring, StoreTime at, StoreTime until, PublicKey key) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"rewt attestation 1\n{ring.Namespace}\n{ring.Service}\n{at}\n{until}\n{key.ToJwk()}"));

    /// <summary>Returns a description of the certificate for an operator. The certificate is not checked.</summary>
    public string Describe()
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Chain[0]);
            var name = CertificateNames.Of(certificate) is [var (first, _), ..] ? first : "no name";
            return string.Create(CultureInfo.InvariantCulture, $"{UntrustedText.Escape(name)} until {AttestationPolicy.Validity(certificate).Until:u} (not checked)");
        }
        catch (CryptographicException)
        {
            return "malformed";
        }
    }

    /// <summary>Returns the attestation as JSON.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ring"u8, Ring.Namespace);
            json.WriteString("service"u8, Ring.Service);
            json.WriteNumber("at"u8, At.Milliseconds);
            json.WriteNumber("until"u8, Until.Milliseconds);
            json.WriteStartArray("x5c"u8);
            foreach (var certificate in Chain) json.WriteBase64StringValue(certificate);
            json.WriteEndArray();
            json.WriteString("sig"u8, Signature);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
