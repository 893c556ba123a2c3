using System.Text;
using System.Text.Unicode;

namespace Rewt.Internal;

/// <summary>
/// Parses the text of a setting, a file or a download into a <see cref="PublicKeySet"/>. The supported formats are a JWK Set, a JWK, PEM, and lines
/// of <c>ssh-keygen</c>.
/// </summary>
internal static class PublicKeyText
{
    /// <summary>Returns whether a setting is the text of a key, and not a path or a URL.</summary>
    public static bool IsKey(string text) => PublicKeyPem.IsPem(text) || SshPublicKey.IsLine(text.TrimStart()) || text.AsSpan().TrimStart().StartsWith("{");

    /// <summary>Parses all keys in a text. Invalid keys of a JWK Set are returned in <see cref="PublicKeySet.Refused"/>.</summary>
    /// <param name="content">The text in UTF-8.</param>
    /// <param name="rsaAlgorithm">The algorithm of an RSA key whose text names no algorithm: RS256 or PS256.</param>
    /// <param name="problem">The reason why the whole text is refused, as a sentence without a full stop and without any part of the text.</param>
    public static PublicKeySet? TryRead(ReadOnlyMemory<byte> content, string rsaAlgorithm, out string? problem)
    {
        if (content.Length > PublicKeySetReader.MaximumBytes || !Utf8.IsValid(content.Span))
        {
            problem = $"it is longer than {PublicKeySetReader.MaximumBytes / 1024} KB or not text";
            return null;
        }

        var text = Encoding.UTF8.GetString(content.Span).TrimStart('\ufeff').Trim();
        if (text.StartsWith('{')) return TryReadJson(Encoding.UTF8.GetBytes(text), rsaAlgorithm, out problem);

        var keys = PublicKeyPem.IsPem(text) ? PublicKeyPem.TryRead(text, rsaAlgorithm, out problem) : TryReadLines(text, rsaAlgorithm, out problem);
        if (keys is null) return null;

        // A key that occurs twice counts once.
        return new PublicKeySet([.. keys.DistinctBy(key => key.KeyId)], []);
    }

    private static PublicKeySet? TryReadJson(byte[] json, string rsaAlgorithm, out string? problem)
    {
        if (PublicKeySetReader.TryRead(json, out var setProblem, rsaAlgorithm) is { } set)
        {
            problem = null;
            return set;
        }

        if (JwkReader.TryRead(json, out problem, keyIdRequired: false, rsaAlgorithm) is { } key) return new PublicKeySet([key], []);
        if (Encoding.UTF8.GetString(json).Contains("\"keys\"", StringComparison.Ordinal)) problem = setProblem;
        return null;
    }

    private static List<PublicKey>? TryReadLines(string text, string rsaAlgorithm, out string? problem)
    {
        var keys = new List<PublicKey>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('#')))
        {
            if (SshPublicKey.TryRead(line, rsaAlgorithm, out problem) is not { } key) return null;
            keys.Add(key);
        }

        problem = keys.Count > 0 ? null : "it contains no key";
        return keys.Count > 0 ? keys : null;
    }
}
