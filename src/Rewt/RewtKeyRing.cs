namespace Rewt;

/// <summary>
/// What an instance knows of its namespace's keys: one current, the pending one, those retired and those revoked. With <see cref="KeyMode.KeyPair"/>
/// each instance has a current key of its own, and those of others that it has to do with follow.
/// </summary>
/// <param name="Namespace">The trust domain.</param>
/// <param name="Version">Grows with each change of the ring.</param>
/// <param name="Keys">All keys, the current one of this instance first.</param>
/// <param name="Age">How long ago Redis was read.</param>
public sealed record RewtKeyRing(string Namespace, long Version, IReadOnlyList<RewtKey> Keys, TimeSpan Age)
{
    /// <summary>The key that this instance signs with; <see langword="null"/> when there is none.</summary>
    public RewtKey? Current => Keys.FirstOrDefault(key => key.State == RewtKeyState.Current && !key.IsForeign);
}
