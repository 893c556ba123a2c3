namespace Rewt.Tests.BadInput;

/// <summary>Verifies valid tokens at the limits. Without these tests, a service that refuses every token would pass.</summary>
public sealed class AcceptedTokenTests(KnownSecretService service) : IClassFixture<KnownSecretService>
{
    private static readonly IReadOnlyDictionary<string, Func<TokenForge, string>> Rows = new Dictionary<string, Func<TokenForge, string>>(StringComparer.Ordinal)
    {
        ["unchanged"] = forge => forge.Token,
        ["audience is the namespace"] = forge => forge.Claim("aud", "\"rewt\"").Token,
        ["several audiences"] = forge => forge.Claim("aud", "[\"billing\",\"inventory\"]").Token,
        ["one audience in a list"] = forge => forge.Claim("aud", "[\"inventory\"]").Token,
        ["iat at −S−1"] = forge => forge.Claim("iat", forge.Now - 31).Token,
        ["iat at −S"] = forge => forge.Claim("iat", forge.Now - 30).Token,
        ["iat at S"] = forge => forge.Claim("iat", forge.Now + 30).Token,
        ["nbf at −S−1"] = forge => forge.Claim("nbf", forge.Now - 31).Token,
        ["nbf at −S"] = forge => forge.Claim("nbf", forge.Now - 30).Token,
        ["nbf at 0"] = forge => forge.Claim("nbf", forge.Now).Token,
        ["nbf at S"] = forge => forge.Claim("nbf", forge.Now + 30).Token,
        ["expired within the skew"] = forge => forge.Claim("iat", forge.Now - 60).Claim("exp", forge.Now - 29).Token,
        ["fractions of a second"] = forge => forge.Claim("iat", $"{forge.Now - 1}.25").Claim("nbf", $"{forge.Now - 1}.5").Claim("exp", $"{forge.Now + 60}.999").Token,
        ["times with an exponent"] = forge => forge.Claim("iat", $"{forge.Now}e0").Claim("nbf", "1.76E9").Claim("exp", $"{forge.Now + 60}0e-1").Token,
        ["times with a fraction of zero"] = forge => forge.Claim("iat", $"{forge.Now}.0").Claim("exp", $"{forge.Now + 60}.000").Token,
        ["nbf close to zero"] = forge => forge.Claim("nbf", "1e-300").Token,
        ["the longest lifetime"] = forge => forge.Claim("exp", forge.Now + 300).Token,
        ["a user with a name beyond ASCII"] = forge => forge.Claim("userName", "\"Jos\\u00e9 \\ud83d\\ude00\"").Token,
        ["a subject"] = forge => forge.Claim("sub", "\"auth0|user@example.com\"").Token,
        ["a subject of 255 characters"] = forge => forge.Claim("sub", $"\"{new string('a', 255)}\"").Token,
        ["a subject of 1,024 characters"] = forge => forge.Claim("sub", $"\"{new string('é', 1024)}\"").Token,
        ["a subject of a Windows domain"] = forge => forge.Claim("sub", """ "CORP\\ada" """).Token,
        ["a subject beyond ASCII"] = forge => forge.Claim("sub", "\"Jürgen \\ud83d\\ude00 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\"").Token,
        ["a subject in quotes"] = forge => forge.Claim("sub", """ "\"Ada\" <ada@example.com>" """).Token,
        ["a subject with spaces around it"] = forge => forge.Claim("sub", "\" ada \"").Token,
        ["a token id of any text"] = forge => forge.Claim("jti", """ "Nr. 7 \\ Ä" """).Token,
        ["many claims, nested, and odd numbers"] = forge => forge.Claim("x", "{\"a\":[1,2.5,-3e7,1e999,null,true,{\"b\":[]}]}").Claim("big", new string('9', 400)).Token,
        ["400 claims"] = forge => TokenForge.Sign(forge.HeaderJson, ShapeRows.ManyClaims(forge, 400)),
        ["512 values"] = forge => forge.Claim("role", ShapeRows.Values(506)).Token,
        ["512 values in lists of lists"] = forge => forge.Claim("role", $"[{string.Join(',', Enumerable.Repeat("[[1]]", 168))}]").Claim("a", "1").Claim("b", "1").Token,
        ["3,000 commas in a text"] = forge => forge.Claim("x", $"\"{new string(',', 3_000)}\"").Token,
        ["an unknown header parameter"] = forge => forge.HeaderMember("x", "\"y\"").Token,
        ["an escaped name of a claim"] = forge => forge.WithoutClaim("aud").AppendClaim("\\u0061ud", "\"inventory\"").Token,
    };

    public static TheoryData<string> Names() => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public async Task A_valid_token_is_accepted_by_the_service_and_in_process(string name)
    {
        var token = Rows[name](service.Forge);

        (await service.CallAsync(token).StatusAsync()).ShouldBe(HttpStatusCode.OK);
        (await service.Host.Tokens.VerifyBearerAsync(token, Cancellation)).Refusal.ShouldBe(RewtRefusal.None);
    }
}
