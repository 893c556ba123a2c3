using System.Text.Json;

namespace Rewt.Internal;

/// <summary>
/// A public key as it stands in a service's ring: a JWK (RFC 7517) named by its thumbprint, with three members more: <c>state</c>, <c>until</c> when it is
/// shown (Unix milliseconds by the store's clock), and <c>proof</c> that it is this service's.
/// </summary>
internal sealed record PublishedKey(PublicKey Key, RewtKeyState State, long Until, string Proof)
{
    private static readonly JsonEncodedText StateName = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText UntilName = JsonEncodedText.Encode("until");
    private static readonly JsonEncodedText ProofName = JsonEncodedText.Encode("proof");

    /// <summary>What it stood as, so that the same need not be read twice.</summary>
    public byte[] Entry { get; init; } = [];

    public bool IsRetired => State == RewtKeyState.Retired;

    public static byte[] Write(PublicKey key, RewtKeyState state, long until, string proof)
    {
        using var jwk = JsonDocument.Parse(key.ToJwk());
        using var buffer = new MemoryStream(768);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in jwk.RootElement.EnumerateObject()) member.WriteTo(json);
            json.WriteString(StateName, Text(state));
            json.WriteNumber(UntilName, until);
            json.WriteString(ProofName, proof);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads an entry that anybody may have written.</summary>
    /// <param name="entry">What stands there.</param>
    /// <param name="name">The name it stands under.</param>
    /// <param name="ring">The namespace.</param>
    /// <param name="service">Whose ring it is.</param>
    /// <param name="known">What stood there before, whose proof need not be looked at again.</param>
    /// <param name="problem">Why it is refused; <see langword="null"/> when it is not.</param>
    public static PublishedKey? TryRead(byte[] entry, string name, string ring, string service, PublishedKey? known, out string? problem)
    {
        problem = null;
        if (known is not null && known.Entry.AsSpan().SequenceEqual(entry)) return known;
        if (JwkReader.TryRead(entry, out problem) is not { } key) return null;

        problem = ReadRest(entry, out var state, out var until, out var proof) ? null : "state, until or proof is missing or malformed";
        if (problem is not null) return null;

        var isKnown = known is not null && known.Key.Thumbprint == key.Thumbprint && known.Key.Algorithm == key.Algorithm && known.Proof == proof;
        problem = (key.KeyId == key.Thumbprint, key.KeyId == name) switch
        {
            (false, _) => "the kid is not the key's thumbprint (RFC 7638)",
            (_, false) => "it stands under another name than its kid",
            _ => isKnown || KeyProof.Holds(key, ring, service, proof) ? null : "its proof does not hold: the key is not this service's",
        };
        if (problem is not null) return null;

        if (isKnown) key = known!.Key;
        else KeyOwners.Bind(key.SecurityKey, service);
        return new PublishedKey(key, state, until, proof) { Entry = entry };
    }

    private static bool ReadRest(byte[] entry, out RewtKeyState state, out long until, out string proof)
    {
        using var document = JsonDocument.Parse(entry, StrictJson.Options);
        var root = document.RootElement;
        (state, until, proof) = (RewtKeyState.Revoked, 0, string.Empty);
        if (!root.TryGetProperty("state"u8, out var stateText) || !root.TryGetProperty("until"u8, out var time) || !root.TryGetProperty("proof"u8, out var text)) return false;
        if (stateText.ValueKind != JsonValueKind.String || time.ValueKind != JsonValueKind.Number || text.ValueKind != JsonValueKind.String) return false;

        state = stateText.GetString() switch
        {
            "current" => RewtKeyState.Current,
            "pending" => RewtKeyState.Pending,
            "retired" => RewtKeyState.Retired,
            _ => RewtKeyState.Revoked,
        };
        proof = text.GetString()!;
        // No date is later than the year 9999: what claims to be is garbage.
        return time.TryGetInt64(out until) && until is > 0 and <= 253_402_300_799_999 && state != RewtKeyState.Revoked;
    }

    private static string Text(RewtKeyState state) => state switch
    {
        RewtKeyState.Current => "current",
        RewtKeyState.Pending => "pending",
        _ => "retired",
    };
}
