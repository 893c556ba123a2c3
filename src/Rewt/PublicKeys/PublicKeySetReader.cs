using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// Parses a JWK Set (RFC 7517 §5) into a <see cref="PublicKeySet"/>. An invalid key is refused with a reason, and the other keys are still accepted.
/// </summary>
internal static class PublicKeySetReader
{
    /// <summary>
    /// The maximum size of a JWK Set, in bytes. This is enough for the attested keys of more than 300 instances, or for about sixty keys of the largest
    /// size.
    /// </summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>The maximum number of keys. The number is limited because reading a key on P-384 can take some milliseconds.</summary>
    private const int MaximumKeys = 1024;

    private static readonly JsonDocumentOptions Lax = new() { MaxDepth = TokenLimits.JsonDepth };

    /// <summary>Parses a JWK Set (RFC 7517 §5). The keys in the set do not need a <c>kid</c>.</summary>
    /// <param name="json">The JWK Set in UTF-8.</param>
    /// <param name="problem">The reason why the whole set is refused; <see langword="null"/> if the set is accepted.</param>
    /// <param name="rsaAlgorithm">The algorithm of an RSA key without <c>alg</c>.</param>
    public static PublicKeySet? TryRead(ReadOnlyMemory<byte> json, out string? problem, string rsaAlgorithm = SecurityAlgorithms.RsaSha256)
    {
        problem = json.Length > MaximumBytes ? $"the key set is longer than {MaximumBytes / 1024} KB" : null;
        if (problem is not null) return null;

        try
        {
            // Parsed leniently first, so that a duplicate member affects only the key that contains it.
            using var document = JsonDocument.Parse(json, Lax);
            problem = ProblemOf(document.RootElement);
            return problem is null ? Collect(document.RootElement.GetProperty("keys"u8).EnumerateArray().Index().Where(entry => !IsForOtherUse(entry.Item)).Select(entry => ReadMember(entry.Item, entry.Index, rsaAlgorithm))) : null;
        }
        catch (Exception exception) when (StrictJson.IsMalformed(exception))
        {
            problem = "the key set is not valid JSON (RFC 8259)";
            return null;
        }
    }

    /// <summary>
    /// Returns whether an entry of the set has another purpose than the verification of tokens. Such an entry is skipped and not reported. Examples are an
    /// encryption key of an authorization server, and a certificate authority in a SPIFFE bundle.
    /// </summary>
    private static bool IsForOtherUse(JsonElement jwk) =>
        jwk.ValueKind == JsonValueKind.Object && jwk.TryGetProperty("use"u8, out var use) && use.ValueKind == JsonValueKind.String && (use.ValueEquals("enc"u8) || use.ValueEquals("x509-svid"u8));

    private static string? ProblemOf(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Count(member => member.NameEquals("keys"u8)) != 1 || root.GetProperty("keys"u8).ValueKind != JsonValueKind.Array)
        {
            return "the key set is not a JSON object with one array 'keys'";
        }

        return root.GetProperty("keys"u8).GetArrayLength() > MaximumKeys ? $"the key set has more than {MaximumKeys} keys" : null;
    }

    private static (string Entry, PublicKey? Key, string? Problem, string? Attestation) ReadMember(JsonElement jwk, int index, string rsaAlgorithm)
    {
        var key = JwkReader.TryRead(JsonMarshal.GetRawUtf8Value(jwk).ToArray(), out var problem, keyIdRequired: false, rsaAlgorithm);
        var attestation = key is not null && jwk.TryGetProperty(Attestation.Member, out var statement) ? statement.GetRawText() : null;
        return (string.Create(CultureInfo.InvariantCulture, $"key {index + 1}"), key, problem, attestation);
    }

    /// <summary>
    /// Creates the set from its entries. If two different keys have the same key id, both are refused, because an added key must not replace another
    /// key. If the same key is listed twice, it counts once.
    /// </summary>
    private static PublicKeySet Collect(IEnumerable<(string Entry, PublicKey? Key, string? Problem, string? Attestation)> read)
    {
        var all = read.ToList();
        var claimed = all.Where(one => one.Key is not null).GroupBy(one => one.Key!.KeyId);
        var twice = claimed.Where(group => group.DistinctBy(one => (one.Key!.Thumbprint, one.Key.Algorithm)).Count() > 1).Select(group => group.Key).ToHashSet();
        return new PublicKeySet(
            [.. all.Select(one => one.Key).OfType<PublicKey>().Where(key => !twice.Contains(key.KeyId)).DistinctBy(key => key.KeyId)],
            [.. all.Where(one => one.Key is null || twice.Contains(one.Key.KeyId)).Select(one => new RefusedKey(one.Entry, one.Problem ?? "another entry has the same kid"))])
        {
            Attestations = all.Where(one => one.Attestation is not null && !twice.Contains(one.Key!.KeyId)).DistinctBy(one => one.Key!.KeyId).ToDictionary(one => one.Key!.KeyId, one => new KeyAttestation(one.Attestation!, null)),
        };
    }
}
