namespace Rewt.Tests.BadInput;

/// <summary>Contains tokens with algorithms, signatures and header parameters that must be refused.</summary>
internal static class AlgorithmRows
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes(TokenForge.KnownSecret);

    public static IEnumerable<BadToken> All()
    {
        foreach (var none in new[] { "none", "None", "NONE", "nOnE", "none ", "" })
        {
            yield return new($"alg '{none}' without a signature", BadToken.Invalid, forge => Unsigned(forge.HeaderMember("alg", $"\"{none}\"")));
            yield return new($"alg '{none}' with a valid signature", BadToken.Invalid, forge => forge.HeaderMember("alg", $"\"{none}\"").Token);
        }

        foreach (var alias in new[]
        {
            "hs256", "HS256 ", "HS384", "HS512", "HS1", "RS256", "ES256", "PS256", "A128KW", "dir",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384",
        })
        {
            yield return new($"alg '{alias}' over HMAC-SHA256", BadToken.Invalid, forge => forge.HeaderMember("alg", $"\"{alias}\"").Token);
        }

        yield return new("HS384 with a valid signature", BadToken.Invalid, forge => Signed(forge.HeaderMember("alg", "\"HS384\""), bytes => HMACSHA384.HashData(Secret, bytes)));
        yield return new("HS512 with a valid signature", BadToken.Invalid, forge => Signed(forge.HeaderMember("alg", "\"HS512\""), bytes => HMACSHA512.HashData(Secret, bytes)));
        yield return new("HS256 with a signature of HS512", BadToken.Invalid, forge => Signed(forge, bytes => HMACSHA512.HashData(Secret, bytes)));
        yield return new("without alg", BadToken.Invalid, forge => forge.WithoutHeaderMember("alg").Token);
        foreach (var json in new[] { "null", "7", "true", "[\"HS256\"]", "{\"HS256\":1}" })
        {
            yield return new($"alg {json}", BadToken.NoError, forge => forge.HeaderMember("alg", json).Token);
        }

        foreach (var length in Enumerable.Range(0, 32).Concat([33, 48, 64, 512, 513, 2000]))
        {
            yield return new($"a signature of {length} bytes", BadToken.Invalid, forge => $"{forge.Header}.{forge.Claims}.{TokenForge.Part(Resized(forge, length))}");
        }

        yield return new("= after the signature", BadToken.Invalid, forge => forge.Token + "=");
        yield return new("== after the signature", BadToken.Invalid, forge => forge.Token + "==");
        yield return new("a space in the signature", BadToken.Invalid, forge => forge.Token.Insert(forge.Token.Length - 3, " "));
        yield return new("the signature in plain base64", BadToken.Invalid, PlainBase64);
        yield return new("unused bits of the signature set", BadToken.Invalid, forge => forge.Token[..^1] + Next(forge.Token[^1]));
        yield return new("signed with another secret", BadToken.Invalid, forge => Signed(forge, bytes => HMACSHA256.HashData("a secret of another fleet, long enough"u8, bytes)));
        yield return new("signed with an empty secret", BadToken.Invalid, forge => Signed(forge, bytes => HMACSHA256.HashData(Array.Empty<byte>(), bytes)));
        yield return new("signed with the key id", BadToken.Invalid, forge => Signed(forge, bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(TokenForge.GoodKeyId), bytes)));
        yield return new("signed with the secret as base64 decodes it", BadToken.Invalid, forge => Signed(forge, bytes => HMACSHA256.HashData(Base64Url.DecodeFromChars(TokenForge.KnownSecret), bytes)));

        foreach (var crit in new[] { "[\"exp\"]", "[]", "[\"b64\"]", "\"exp\"", "null", "[\"http://example.com/x\"]" })
        {
            yield return new($"crit {crit}", BadToken.Invalid, forge => forge.HeaderMember("crit", crit).Token);
        }

        foreach (var b64 in new[] { "false", "true", "null", "\"false\"" })
        {
            yield return new($"b64 {b64}", BadToken.Invalid, forge => forge.HeaderMember("b64", b64).Token);
        }

        var ownKey = TokenForge.Part("the key of an attacker, thirty-two bytes and more");
        foreach (var (name, json) in new[]
        {
            ("jwk", $"{{\"kty\":\"oct\",\"k\":\"{ownKey}\",\"kid\":\"{TokenForge.GoodKeyId}\"}}"),
            ("jku", "\"http://127.0.0.1:9/keys\""),
            ("x5u", "\"http://127.0.0.1:9/certificate\""),
            ("x5c", "[\"MIIB\"]"),
        })
        {
            yield return new($"{name}, signed with the key in it", BadToken.Invalid, forge =>
                Signed(forge.HeaderMember(name, json), bytes => HMACSHA256.HashData("the key of an attacker, thirty-two bytes and more"u8, bytes)));
            yield return new($"{name} beside a valid signature", BadToken.Invalid, forge => forge.HeaderMember(name, json).Token);
        }
    }

    public static string Signed(TokenForge forge, Func<byte[], byte[]> signature)
    {
        var signed = $"{forge.Header}.{forge.Claims}";
        return $"{signed}.{TokenForge.Part(signature(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Unsigned(TokenForge forge) => $"{forge.Header}.{forge.Claims}.";

    private static byte[] Resized(TokenForge forge, int length)
    {
        var signature = HMACSHA256.HashData(Secret, Encoding.ASCII.GetBytes($"{forge.Header}.{forge.Claims}"));
        Array.Resize(ref signature, length);
        return signature;
    }

    /// <summary>Returns a token whose signature contains + or /, which is found by trying token ids.</summary>
    private static string PlainBase64(TokenForge forge)
    {
        for (var attempt = 0; ; attempt++)
        {
            var token = forge.Claim("jti", $"\"{attempt}\"").Token;
            var signature = token[(token.LastIndexOf('.') + 1)..];
            var plain = signature.Replace('-', '+').Replace('_', '/');
            if (plain != signature) return token[..(token.LastIndexOf('.') + 1)] + plain;
        }
    }

    private static char Next(char last)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return Alphabet[Alphabet.IndexOf(last, StringComparison.Ordinal) + 1];
    }
}
