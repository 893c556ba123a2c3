namespace Rewt.Tests.BadInput;

/// <summary>Creates random mutations of a valid token. The same seed creates the same mutations.</summary>
internal sealed class TokenMutations(string valid, int seed)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \"\\{}[],:\0é";

    private static readonly string[] Fragments =
    [
        "\"alg\":\"none\"", "\"exp\":9999999999", ",\"crit\":[\"x\"]", "{}", "null", "\\u0000", "\"kid\":\"*\"", "1e999", "\"aud\":[]", "\"typ\":\"JWT\"", "[[[[[[[[[[[[[[[[[[[[",
    ];

    private readonly Random _random = new(seed);

    /// <summary>Returns a mutation that differs from the valid token.</summary>
    public string Next()
    {
        while (true)
        {
            var variant = Mutate();
            for (var more = _random.Next(3); more > 0; more--) variant = MutateText(variant);
            if (variant != valid) return variant;
        }
    }

    private string Mutate()
    {
        var parts = valid.Split('.');
        switch (_random.Next(8))
        {
            case 0:
                return MutateText(valid);
            case 1:
                return string.Join('.', parts.OrderBy(_ => _random.Next()));
            case 2:
                return string.Join('.', parts.Take(_random.Next(4)).Concat(parts.Take(_random.Next(4))));
            case 3:
                return valid[.._random.Next(valid.Length)];
            case 4:
                return valid + Alphabet[_random.Next(Alphabet.Length)];
            default:
                var part = _random.Next(3);
                parts[part] = Base64Url.EncodeToString(part < 2 && _random.Next(2) == 0 ? InsertFragment(parts[part]) : FlipBits(parts[part]));
                return string.Join('.', parts);
        }
    }

    /// <summary>Replaces, removes, adds or repeats characters.</summary>
    private string MutateText(string text)
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

    private byte[] FlipBits(string part)
    {
        var bytes = Base64Url.DecodeFromChars(part);
        for (var times = 1 + _random.Next(3); times > 0; times--) bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        return bytes;
    }

    private byte[] InsertFragment(string part)
    {
        var json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));
        return Encoding.UTF8.GetBytes(json.Insert(_random.Next(json.Length + 1), Fragments[_random.Next(Fragments.Length)]));
    }
}
