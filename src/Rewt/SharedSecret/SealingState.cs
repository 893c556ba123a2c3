namespace Rewt.Internal;

/// <summary>
/// The names of the keys with which an instance encrypts and decrypts the secrets in the store, as the instance announces them. <c>rewt doctor</c>
/// compares them to find instances that cannot read what others write.
/// </summary>
/// <param name="Seals">Whether the instance seals what it writes.</param>
/// <param name="Keys">The keys that it opens with, of which the first seals; empty for an <see cref="IRewtSecretProtector"/> of the application.</param>
internal sealed record SealingState(bool Seals, IReadOnlyList<string> Keys)
{
    private const int MaximumKeys = 16;

    /// <summary>The key with which the instance seals; empty for a protector of the application.</summary>
    public string SealingKey => Keys.Count > 0 ? Keys[0] : string.Empty;

    /// <summary>Parses the output of <see cref="ToString"/>; <see langword="null"/> for anything else.</summary>
    public static SealingState? TryParse(string text)
    {
        if (text.Length == 0 || text[0] is not ('+' or '-')) return null;
        string[] keys = text.Length == 1 ? [] : text[1..].Split(',');
        return keys.Length <= MaximumKeys && keys.All(SealingKeys.IsName) ? new SealingState(text[0] == '+', keys) : null;
    }

    /// <summary>
    /// Whether the instance may open what a key seals. If the list has the greatest length, it may be incomplete, and a protector of the application
    /// may know any key.
    /// </summary>
    public bool Opens(string key) => Keys.Count is 0 or MaximumKeys || Keys.Contains(key, StringComparer.Ordinal);

    public override string ToString() => $"{(Seals ? '+' : '-')}{string.Join(',', Keys.Take(MaximumKeys))}";
}
