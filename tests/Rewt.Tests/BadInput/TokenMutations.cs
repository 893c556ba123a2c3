namespace Rewt.Tests.BadInput;

/// <summary>Bends a good token at random, and the same way again from the same seed.</summary>
internal sealed class TokenMutations(string good, int seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \"\\{}[],:\0é";

    private static readonly string[] Fragments =
    [
        "\"alg\":\"none\"", "\"exp\":9999999999", ",\"crit\":[\"x\"]", "{}", "null", "\\u0000", "\"kid\":\"*\"", "1e999", "\"aud\":[]", "\"typ\":\"JWT\"", "[[[[[[[[[[[[[[[[[[[[",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A variant that is not the good token.</summary>
    public string Next()
    {
        while (true)
        {
            var variant = Bend();
            for (var more = _random.Next(3); more > 0; more--) variant = Text(variant);
            if (variant != good) return variant;
        }
    }

    private string Bend()
    {
        var parts = good.Split('.');
        switch (_random.Next(8))
        {
            case 0:
                return Text(good);
            case 1:
                return string.Join('.', parts.OrderBy(_ => _random.Next()));
            case 2:
                return string.Join('.', parts.Take(_random.Next(4)).Concat(parts.Take(_random.Next(4))));
            case 3:
                return good[.._random.Next(good.Length)];
            case 4:
                return good + Alphabet[_random.Next(Alphabet.Length)];
            default:
                var part = _random.Next(3);
                parts[part] = Base64Url.EncodeToString(part < 2 && _random.Next(2) == 0 ? Json(parts[part]) : Bytes(parts[part]));
                return string.Join('.', parts);
        }
    }

    /// <summary>Replaces, removes, adds or repeats characters.</summary>
    private string Text(string text)
    {
        if (text.Length == 0) return Alphabet[_random.Next(Alphabet.Length)].ToString();
        var at = _random.Next(text.Length);
        return _random.Next(5) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, Alphabet[_random.Next(Alphabet.Length)].ToString()),
            2 => text[..at] + Alphabet[_random.Next(Alphabet.Length)] + text[(at + 1)..],
            3 => text[..at] + (char)(text[at] ^ (1 << _random.Next(7))) + text[(at + 1)..],
            _ => text.Insert(at, text.Substring(at, _random.Next(Math.Min(40, text.Length - at)))),
        };
    }

    private byte[] Bytes(string part)
    {
        var bytes = Base64Url.DecodeFromChars(part);
        for (var times = 1 + _random.Next(3); times > 0; times--) bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return bytes;
    }

    private byte[] Json(string part)
    {
        var json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
        return Encoding.UTF8.GetBytes(json.Insert(_random.Next(json.Length + 1), Fragments[_random.Next(Fragments.Length)]));
    }
}
