namespace Rewt;

/// <summary>
/// An instance's view of the keys of its namespace: the current, the pending, the retired and the revoked keys. With <see cref="KeyMode.KeyPair"/>
/// each instance has its own current key, and the keys of the services it communicates with follow.
/// </summary>
/// <param name="Namespace">The trust domain.</param>
/// <param name="Version">Increases with each change of the key ring.</param>
/// <param name="Keys">All keys, the current one of this instance first.</param>
/// <param name="Age">The time since Redis was read.</param>
public sealed record RewtKeyRing(string Namespace, long Version, IReadOnlyList<RewtKey> Keys, TimeSpan Age)
{
    /// <summary>The key that this instance signs with; <see langword="null"/> when there is none.</summary>
    public RewtKey? Current => Keys.FirstOrDefault(key => key.State == RewtKeyState.Current && !key.IsForeign);
}
