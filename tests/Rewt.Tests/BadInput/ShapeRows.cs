namespace Rewt.Tests.BadInput;

/// <summary>Contains tokens with invalid JSON, an invalid encoding or a wrong number of parts. The signature is valid wherever one is possible.</summary>
internal static class ShapeRows
{
    public static IEnumerable<BadToken> All() => [.. Duplicates(), .. Json(), .. Parts(), .. Sizes()];

    private static IEnumerable<BadToken> Duplicates()
    {
        foreach (var (name, json) in new[]
        {
            ("iss", "\"orders\""), ("aud", "\"inventory\""), ("exp", "1767268860"), ("role", "\"admin\""), ("a", "1"),
            ("\\u0065xp", "1767268860"), ("\\u0061ud", "\"inventory\""), ("i\\u0073s", "\"orders\""),
        })
        {
            var plain = name switch { "role" => "role", "a" => "a", _ => null };
            yield return new($"duplicate claim: {name}", BadToken.Invalid, forge =>
                (plain is null ? forge : forge.Claim(plain, json)).AppendClaim(name, json).Token);
        }

        yield return new("duplicate claim, nested", BadToken.Invalid, forge => forge.Claim("x", "{\"y\":[{\"z\":1,\"z\":2}]}").Token);
        foreach (var (name, json) in new[]
        {
            ("alg", "\"HS256\""), ("alg", "\"none\""), ("kid", $"\"{TokenForge.GoodKeyId}\""), ("typ", "\"rewt+jwt\""), ("\\u0061lg", "\"HS256\""),
            ("\\u006bid", $"\"{TokenForge.GoodKeyId}\""), ("t\\u0079p", "\"rewt+jwt\""),
        })
        {
            yield return new($"duplicate header parameter: {name} {json}", BadToken.NoError, forge => forge.AppendHeaderMember(name, json).Token);
        }
    }

    private static IEnumerable<BadToken> Json()
    {
        foreach (var payload in new[] { "[]", "null", "7", "\"text\"", "true", "", " ", "{", "}", "{}{}", "[{}]" })
        {
            yield return new($"payload {payload}", BadToken.Invalid, forge => TokenForge.Sign(forge.HeaderJson, payload));
            yield return new($"header {payload}", BadToken.NoError, forge => TokenForge.Sign(payload, forge.ClaimsJson));
        }

        foreach (var (name, change) in new (string, Func<string, string>)[]
        {
            ("a second object at the end", json => json + "{}"),
            ("a letter at the end", json => json + "x"),
            ("a comma at the end", json => json + ","),
            ("a NUL at the end", json => json + "\0"),
            ("a byte order mark", json => "\uFEFF" + json),
            ("a trailing comma", json => json[..^1] + ",}"),
            ("a comment", json => json[..^1] + "/* */}"),
            ("single quotes", json => json.Replace('"', '\'')),
            ("a lone high surrogate in a value", json => json[..^1] + ",\"x\":\"\\ud800\"}"),
            ("a lone low surrogate in a value", json => json[..^1] + ",\"x\":\"\\udc00\"}"),
            ("a lone surrogate in a name", json => json[..^1] + ",\"\\ud800\":1}"),
            ("a nested lone surrogate", json => json[..^1] + ",\"x\":[{\"y\":\"a\\ud800b\"}]}"),
            ("a raw control character", json => json[..^1] + ",\"x\":\"\n\"}"),
            ("17 levels", json => json[..^1] + ",\"x\":" + new string('[', 17) + new string(']', 17) + "}"),
            ("1,000 levels", json => json[..^1] + ",\"x\":" + new string('[', 1000) + new string(']', 1000) + "}"),
            ("NaN", json => json[..^1] + ",\"x\":NaN}"),
            ("a leading zero", json => json[..^1] + ",\"x\":01}"),
        })
        {
            yield return new($"{name}, payload", BadToken.Invalid, forge => TokenForge.Sign(forge.HeaderJson, change(forge.ClaimsJson)));
            yield return new($"{name}, header", BadToken.NoError, forge => TokenForge.Sign(change(forge.HeaderJson), forge.ClaimsJson));
        }

        foreach (var bytes in new byte[][] { [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82] })
        {
            yield return new($"invalid UTF-8 {Convert.ToHexString(bytes)}, payload", BadToken.Invalid, forge =>
                TokenForge.SignParts(forge.Header, TokenForge.Part(Broken(forge.ClaimsJson, bytes))));
            yield return new($"invalid UTF-8 {Convert.ToHexString(bytes)}, header", BadToken.NoError, forge =>
                TokenForge.SignParts(TokenForge.Part(Broken(forge.HeaderJson, bytes)), forge.Claims));
        }

        yield return new("a payload in UTF-16", BadToken.Invalid, forge => TokenForge.SignParts(forge.Header, TokenForge.Part(Encoding.Unicode.GetBytes(forge.ClaimsJson))));
        yield return new("a header in UTF-16", BadToken.NoError, forge => TokenForge.SignParts(TokenForge.Part(Encoding.Unicode.GetBytes(forge.HeaderJson)), forge.Claims));
    }

    private static IEnumerable<BadToken> Parts()
    {
        yield return new("one dot alone", BadToken.NoError, _ => ".");
        yield return new("plain text", BadToken.NoError, _ => "not a token");
        yield return new("a header alone", BadToken.NoError, forge => forge.Header);
        yield return new("a header and a dot", BadToken.Invalid, forge => forge.Header + ".");
        yield return new("two parts", BadToken.Invalid, forge => $"{forge.Header}.{forge.Claims}");
        yield return new("an empty header", BadToken.NoError, forge => $".{forge.Claims}.{TokenForge.Signature($".{forge.Claims}")}");
        yield return new("an empty payload", BadToken.Invalid, forge => TokenForge.SignParts(forge.Header, ""));
        foreach (var (parts, more) in new[] { (4, ".x"), (4, "."), (5, ".x.y"), (5, ".."), (6, ".x.y.z"), (6, "...") })
        {
            yield return new($"{parts} parts, the rest '{more}'", BadToken.Invalid, forge => forge.Token + more);
        }

        yield return new("5 parts as of an encrypted token", BadToken.Invalid, forge =>
            $"{TokenForge.Part("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"typ\":\"rewt+jwt\",\"kid\":\"" + TokenForge.GoodKeyId + "\"}")}..{TokenForge.Part("iv")}.{forge.Claims}.{TokenForge.Part("tag")}");
        yield return new("the token twice", BadToken.Invalid, forge => $"{forge.Token}, {forge.Token}");
        yield return new("the token and another scheme", BadToken.Invalid, forge => $"{forge.Token}, Basic abc");
        yield return new("in quotes", BadToken.NoError, forge => $"\"{forge.Token}\"");
        yield return new("plain base64 padding in the payload", BadToken.Invalid, forge => TokenForge.SignParts(forge.Header, Padded(forge)));
        yield return new("an invalid character in the encoding of the payload", BadToken.Invalid, forge => TokenForge.SignParts(forge.Header, forge.Claims + "!"));
        yield return new("a payload one character too long", BadToken.Invalid, forge => TokenForge.SignParts(forge.Header, new string('A', 5)));
    }

    private static IEnumerable<BadToken> Sizes()
    {
        yield return new("one character over 8 KiB", BadToken.NoError, OverLong);
        yield return new("20,000 dots", BadToken.NoError, _ => new string('.', 20_000));
        yield return new("8,000 dots", BadToken.NoError, _ => new string('.', 8_000));
        yield return new("a valid header and 7,000 dots", BadToken.Invalid, forge => forge.Header + new string('.', 7_000));
        yield return new("a valid header and 20,000 dots", BadToken.NoError, forge => forge.Header + new string('.', 20_000));
        yield return new("12,000 claims", BadToken.NoError, forge => TokenForge.Sign(forge.HeaderJson, ManyClaims(forge, 12_000)));
        yield return new("1,300 roles", BadToken.Invalid, forge => forge.Claim("role", Values(1_300)).Token);
        yield return new("513 values", BadToken.Invalid, forge => forge.Claim("role", Values(507)).Token);
        yield return new("513 values in lists of lists", BadToken.Invalid, forge => forge.Claim("role", $"[{string.Join(',', Enumerable.Repeat("[[1]]", 169))}]").Token);
        yield return new("513 values in objects", BadToken.Invalid, forge => forge.Claim("role", $"[{string.Join(',', Enumerable.Repeat("{\"a\":{\"b\":1}}", 169))}]").Token);
        yield return new("513 members of a header", BadToken.NoError, forge => TokenForge.Sign(ManyMembers(forge.HeaderJson, 510), forge.ClaimsJson));
        yield return new("a number of 100,000 digits", BadToken.NoError, forge => forge.Claim("x", new string('9', 100_000)).Token);
    }

    /// <summary>Returns a JSON array with a number of short strings.</summary>
    public static string Values(int count) => $"[{string.Join(',', Enumerable.Repeat("\"r\"", count))}]";

    /// <summary>Adds a number of members to an object. Each name is one escape sequence.</summary>
    public static string ManyMembers(string json, int count) =>
        json[..^1] + string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $",\"\\u{0x4e00 + i:x4}\":1"))) + "}";

    /// <summary>Returns a token with a valid signature that is slightly longer than 8 KiB.</summary>
    public static string OverLong(TokenForge forge)
    {
        for (var length = 5_900; ; length++)
        {
            var token = forge.Claim("x", $"\"{new string('x', length)}\"").Token;
            if (token.Length > 8192) return token;
        }
    }

    public static string ManyClaims(TokenForge forge, int count) =>
        forge.ClaimsJson[..^1] + string.Concat(Enumerable.Range(0, count).Select(n => $",\"c{n}\":{n}")) + "}";

    private static byte[] Broken(string json, byte[] bytes) => [.. Encoding.UTF8.GetBytes(json[..^1] + ",\"x\":\""), .. bytes, .. "\"}"u8];

    private static string Padded(TokenForge forge)
    {
        for (var json = forge.ClaimsJson; ; json += " ")
        {
            var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
            if (plain.EndsWith('=')) return plain;
        }
    }
}
