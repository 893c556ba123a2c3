using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A statement, signed with a service's X.509 certificate, that a published public key belongs to that service. The service publishes it with the
/// key, in the JWK member <see cref="Member"/>, and receivers check it before they accept tokens of that key.
/// </summary>
/// <param name="Ring">The namespace.</param>
/// <param name="Service">The service.</param>
/// <param name="At">When the statement was made, by the store's clock. It is for operators: its author could claim any time.</param>
/// <param name="Until">When the statement ends, by the same clock, so that it cannot be replayed long after the key has been retired or revoked.</param>
/// <param name="Chain">The certificate and its intermediates in DER.</param>
/// <param name="Signature">The signature over <see cref="Statement"/> in base64url.</param>
internal sealed record Attestation(string Ring, string Service, StoreTime At, StoreTime Until, IReadOnlyList<byte[]> Chain, string Signature)
{
    public const string Member = "rewt_attestation";

    /// <summary>The most certificates in a chain: that of the service, and up to four intermediates.</summary>
    public const int MaximumCertificates = 5;

    /// <summary>Parses the JSON of the member. Its writer is not trusted.</summary>
    public static Attestation? TryRead(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, StrictJson.Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("at"u8, out var at) || !at.TryGetInt64(out var time)) return null;
            if (!root.TryGetProperty("until"u8, out var end) || !end.TryGetInt64(out var until)) return null;
            if (!root.TryGetProperty("x5c"u8, out var chain) || chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() is < 1 or > MaximumCertificates) return null;
            return StrictJson.Text(root, "ring") is { } ring && StrictJson.Text(root, "service") is { } service && StrictJson.Text(root, "sig") is { } signature && Base64Url.IsValid(signature)
                ? new Attestation(ring, service, new(time), new(until), [.. chain.EnumerateArray().Select(certificate => certificate.GetBytesFromBase64())], signature)
                : null;
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the text that is signed. It begins with the version of its format and contains the public key with its algorithm, so that the
    /// signature confirms nothing else.
    /// </summary>
    public static byte[] Statement(string ring, string service, StoreTime at, StoreTime until, PublicKey key) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"rewt attestation 1\n{ring}\n{service}\n{at}\n{until}\n{key.ToJwk()}"));

    /// <summary>Describes the certificate for an operator without checking anything.</summary>
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

    /// <summary>Returns the JSON of the member.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ring"u8, Ring);
            json.WriteString("service"u8, Service);
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
