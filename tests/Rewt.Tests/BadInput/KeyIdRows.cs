namespace Rewt.Tests.BadInput;

/// <summary>Contains tokens with key ids that no key ring contains.</summary>
internal static class KeyIdRows
{
    /// <summary>Gets key ids that no key can have, escaped for JSON.</summary>
    public static IReadOnlyList<string> MalformedKeyIds { get; } =
    [
        "../x", "../../rewt:rewt-secret", "a:rewt-secret", "rewt:rewt-secret", "{rewt:rewt-secret}:ring", "{a}", "x\\r\\nGET rewt:rewt-secret\\r\\n",
        "x\\u0000", "*", "rewt*", "?", "[a-z]", new string('A', 5_000), "\\u0435" + TokenForge.GoodKeyId[1..], TokenForge.GoodKeyId + "\\u200b",
        TokenForge.GoodKeyId + " ", " " + TokenForge.GoodKeyId, TokenForge.GoodKeyId + "=", TokenForge.GoodKeyId + "==", TokenForge.GoodKeyId + "A",
        TokenForge.GoodKeyId[..^1], TokenForge.GoodKeyId[1..], "\\uff21" + TokenForge.GoodKeyId[1..], new string('A', 21) + "B", new string('A', 21) + "_",
    ];

    public static IEnumerable<BadToken> All()
    {
        foreach (var keyId in MalformedKeyIds)
        {
            var shown = keyId.Length > 60 ? "5,000 characters" : keyId;
            yield return new($"kid {shown}", BadToken.StaleKey, forge => WithKeyId(forge, keyId));
        }

        yield return new("kid with the case of every letter swapped", BadToken.StaleKey, forge => forge.HeaderMember("kid", $"\"{SwappedCase}\"").Token);
        yield return new("kid of an unknown key", BadToken.StaleKey, forge => forge.HeaderMember("kid", "\"AAAAAAAAAAAAAAAAAAAAAA\"").Token);
        yield return new("without kid", BadToken.Invalid, forge => forge.WithoutHeaderMember("kid").Token);
        yield return new("an empty kid", BadToken.Invalid, forge => forge.HeaderMember("kid", "\"\"").Token);
        foreach (var json in new[] { "null", "7", $"[\"{TokenForge.GoodKeyId}\"]", "{}", "true", "\"\\ud800\"" })
        {
            yield return new($"kid {json}", BadToken.NoError, forge => forge.HeaderMember("kid", json).Token);
        }
    }

    /// <summary>Gets the key id with swapped case. The last character stays, so that the key id is well-formed.</summary>
    private static string SwappedCase =>
        string.Concat(TokenForge.GoodKeyId[..^1].Select(c => char.IsUpper(c) ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c))) + TokenForge.GoodKeyId[^1];

    public static string WithKeyId(TokenForge forge, string json) => forge.HeaderMember("kid", $"\"{json}\"").Token;
}
