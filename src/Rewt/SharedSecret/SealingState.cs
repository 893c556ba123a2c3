namespace Rewt.Internal;

/// <summary>
/// The names of the sealing keys of one instance. The entry of the instance in the list of live instances contains these names. <c>rewt doctor</c>
/// compares the names in order to find instances that cannot open the secrets that other instances seal.
/// </summary>
/// <param name="Seals">Whether the instance seals the secrets that it writes.</param>
/// <param name="Keys">The names of the keys with which the instance can open secrets. The first key seals. The list is empty if the application has
/// registered its own <see cref="IRewtSecretProtector"/>.</param>
internal sealed record SealingState(bool Seals, IReadOnlyList<string> Keys)
{
    private const int MaximumKeys = 16;

    /// <summary>The name of the key with which the instance seals secrets; empty if the application has registered its own <see cref="IRewtSecretProtector"/>.</summary>
    public string SealingKey => Keys.Count > 0 ? Keys[0] : string.Empty;

    /// <summary>Parses a text that <see cref="ToString"/> returned. The result is <see langword="null"/> for any other text.</summary>
    public static SealingState? TryParse(string text)
    {
        if (text.Length == 0 || text[0] is not ('+' or '-')) return null;
        string[] keys = text.Length == 1 ? [] : text[1..].Split(',');
        return keys.Length <= MaximumKeys && keys.All(SealingKeys.IsName) ? new SealingState(text[0] == '+', keys) : null;
    }

    /// <summary>
    /// Returns whether the instance can probably open secrets that were sealed with a key. The result is also <see langword="true"/> if the list of
    /// keys has the maximum length and may therefore be incomplete. For a protector of the application, the result is always <see langword="true"/>,
    /// because the keys of such a protector are unknown.
    /// </summary>
    public bool Opens(string key) => Keys.Count is 0 or MaximumKeys || Keys.Contains(key, StringComparer.Ordinal);

    public override string ToString() => $"{(Seals ? '+' : '-')}{string.Join(',', Keys.Take(MaximumKeys))}";
}
