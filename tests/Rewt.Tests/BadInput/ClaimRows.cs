namespace Rewt.Tests.BadInput;

/// <summary>Contains tokens with a valid signature and invalid claims.</summary>
internal static class ClaimRows
{
    private const int Skew = 30;
    private const int Longest = 300;

    private static readonly string FourKilobytes = new('x', 4096);

    public static IEnumerable<BadToken> All() => [.. Times(), .. Audiences(), .. Names(), .. Types()];

    private static IEnumerable<BadToken> Times()
    {
        foreach (var name in new[] { "iss", "aud", "iat", "exp", "jti" })
        {
            yield return new($"without {name}", BadToken.Invalid, forge => forge.WithoutClaim(name).Token);
        }

        foreach (var name in new[] { "exp", "iat", "nbf" })
        {
            foreach (var json in new[]
            {
                "\"1767268860\"", "\"\"", "null", "true", "[1767268860]", "{}", "-1", "-0.5", "9223372036854775807", "9223372036854775808",
                "1e300", "-1e300", "253402300800", "253402300800.5", "1e9999", new string('9', 3000),
            })
            {
                var shown = json.Length > 30 ? json[..30] + "…" : json;
                yield return new($"{name} {shown}", BadToken.Invalid, forge => forge.Claim(name, json).Token);
            }
        }

        yield return new("one second over the longest lifetime", BadToken.Invalid, forge => forge.Claim("exp", forge.Now + Longest + 1).Token);
        yield return new("a hundred years", BadToken.Invalid, forge => forge.Claim("exp", forge.Now + 3_153_600_000).Token);
        yield return new("exp close to zero", BadToken.Invalid, forge => forge.Claim("exp", "1e-300").Token);
        yield return new("iat close to zero", BadToken.Invalid, forge => forge.Claim("iat", "1e-300").Token);
        yield return new("half a second over the longest lifetime", BadToken.Invalid, forge => forge.Claim("exp", $"{forge.Now + Longest}.5").Token);
        yield return new("exp half a second before iat", BadToken.Invalid, forge => forge.Claim("iat", $"{forge.Now}.5").Claim("exp", forge.Now).Token);
        yield return new("iat at the skew and half a second", BadToken.NotYetValid, forge => forge.Claim("iat", $"{forge.Now + Skew}.5").Token);
        yield return new("nbf at the skew and half a second", BadToken.NotYetValid, forge => forge.Claim("nbf", $"{forge.Now + Skew}.5").Token);
        yield return new("expired by the skew and half a second", BadToken.Expired, forge => forge.Claim("iat", forge.Now - 60).Claim("exp", $"{forge.Now - Skew - 1}.5").Token);
        yield return new("exp before iat", BadToken.Invalid, forge => forge.Claim("exp", forge.Now - 1).Token);
        yield return new("exp at iat", BadToken.Invalid, forge => forge.Claim("exp", forge.Now).Token);
        yield return new("iat ten years ahead", BadToken.NotYetValid, forge => forge.Claim("iat", forge.Now + 315_360_000).Claim("exp", forge.Now + 315_360_060).Token);
        yield return new("iat at the skew and a second", BadToken.NotYetValid, forge => forge.Claim("iat", forge.Now + Skew + 1).Token);
        yield return new("nbf at the skew and a second", BadToken.NotYetValid, forge => forge.Claim("nbf", forge.Now + Skew + 1).Token);
        yield return new("nbf a year ahead", BadToken.NotYetValid, forge => forge.Claim("nbf", forge.Now + 31_536_000).Token);
        yield return new("expired by the skew", BadToken.Expired, forge => forge.Claim("iat", forge.Now - 60).Claim("exp", forge.Now - Skew).Token);
        yield return new("expired by the skew and a second", BadToken.Expired, forge => forge.Claim("iat", forge.Now - 60).Claim("exp", forge.Now - Skew - 1).Token);
        yield return new("expired a year ago", BadToken.Expired, forge => forge.Claim("iat", forge.Now - 31_536_060).Claim("exp", forge.Now - 31_536_000).Token);
    }

    private static IEnumerable<BadToken> Audiences()
    {
        foreach (var json in new[]
        {
            "\"billing\"", "\"\"", "\"Inventory\"", "\"INVENTORY\"", "\"inventory/\"", "\"inventory \"", "\" inventory\"", "\"inventor\"",
            "\"inventory2\"", "\"rewt:inventory\"", "\"Rewt\"", "\"rewt/\"", "[]", "[\"\"]", "[\"billing\",\"shipping\"]", "[\"Inventory\"]",
            "\"inv\\u0435ntory\"", "\"inventory\\u0000\"", "\"inventory\\r\\n\"", "\"inventory,billing\"", "\"*\"", "\"\\\"inventory\\\"\"",
        })
        {
            yield return new($"aud {json}", BadToken.BadAudience, forge => forge.Claim("aud", json).Token);
        }

        yield return new("aud of 4 KB", BadToken.BadAudience, forge => forge.Claim("aud", $"\"{FourKilobytes}\"").Token);
        foreach (var json in new[]
        {
            "null", "7", "true", "{\"inventory\":true}", "[\"inventory\",7]", "[\"inventory\",null]", "[[\"inventory\"]]", "[\"inventory\",[\"x\"]]",
            "[\"inventory\",\"\\ud800\"]",
        })
        {
            yield return new($"aud {json}", BadToken.Invalid, forge => forge.Claim("aud", json).Token);
        }

        yield return new("aud with 17 names, one of them valid", BadToken.Invalid, forge =>
            forge.Claim("aud", "[\"inventory\"" + string.Concat(Enumerable.Repeat(",\"x\"", 16)) + "]").Token);
    }

    private static IEnumerable<BadToken> Names()
    {
        var hostile = new[]
        {
            "or\\r\\nX-Evil: 1", "or\\nders", "or\\u0000ders", "or\\\"ders", "ord\\u00e9rs", "ordérs", "or\\\\ders", "or\\u001b[31mders",
            "or\\u2028ders", "or\\ud83d\\ude00ders", "", " orders", "orders ", FourKilobytes,
        };
        foreach (var text in hostile)
        {
            yield return new($"iss \"{Shown(text)}\"", BadToken.Invalid, forge => forge.Claim("iss", $"\"{text}\"").Token);
        }

        var unprintable = new[]
        {
            "or\\r\\nX-Evil: 1", "or\\nders", "or\\u0000ders", "or\\u001b[31mders", "or\\u007fders", "or\\u0085ders", "or\\u2028ders", "or\\u2029ders", "or\\u202eders", "or\u2066ders", "\ufefforders", "", FourKilobytes,
        };
        foreach (var text in unprintable)
        {
            yield return new($"sub \"{Shown(text)}\"", BadToken.Invalid, forge => forge.Claim("sub", $"\"{text}\"").Token);
            yield return new($"jti \"{Shown(text)}\"", BadToken.Invalid, forge => forge.Claim("jti", $"\"{text}\"").Token);
        }

        foreach (var name in new[] { "iss", "sub", "jti" })
        {
            foreach (var json in new[] { "null", "7", "true", "[]", "[\"orders\"]", "{}", "\"\\ud800\"", "\"\\udc00x\"" })
            {
                yield return new($"{name} {json}", BadToken.Invalid, forge => forge.Claim(name, json).Token);
            }
        }

        // RequireClaim and ClaimsIdentity ignore the case of a name, so that this would be a second issuer that is not verified.
        foreach (var name in new[] { "ISS", "Iss", "isS" })
        {
            yield return new($"another issuer in {name}", BadToken.Invalid, forge => forge.Claim(name, "\"billing\"").Token);
        }

        foreach (var json in new[] { "\"orders,billing\"", "\"orders/\"", "\"a:b\"" })
        {
            yield return new($"iss {json}", BadToken.Invalid, forge => forge.Claim("iss", json).Token);
        }
    }

    private static IEnumerable<BadToken> Types()
    {
        foreach (var json in new[]
        {
            "\"JWT\"", "\"jwt\"", "\"at+jwt\"", "\"rewt-data+jwt\"", "\"Rewt+JWT\"", "\"application/rewt+jwt\"", "\"rewt+jwt \"", "\"\"", "null", "7",
            "[\"rewt+jwt\"]",
        })
        {
            yield return new($"typ {json}", BadToken.NoError, forge => forge.HeaderMember("typ", json).Token);
        }

        yield return new("without typ", BadToken.NoError, forge => forge.WithoutHeaderMember("typ").Token);
        yield return new("a token of Node without AcceptNodeTokens", BadToken.NoError, forge =>
            forge.WithoutHeaderMember("kid").HeaderMember("typ", "\"JWT\"").WithoutClaim("exp").Token);
    }

    private static string Shown(string text) => text.Length > 30 ? "4 KB" : text;
}
