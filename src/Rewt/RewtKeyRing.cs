namespace Rewt;

/// <summary>
/// The keys of a namespace as this instance last read them, returned by <see cref="IRewtKeyRing"/>: the current, the pending, the retired and the
/// revoked keys.
/// </summary>
/// <remarks>
/// With <see cref="KeyMode.KeyPair"/>, each instance has its own current key. The key ring of an instance also contains the keys of the services whose
/// tokens the instance verifies.
/// </remarks>
public sealed record RewtKeyRing
{
    /// <summary>The namespace (trust domain) of the keys.</summary>
    public required string Namespace { get; init; }

    /// <summary>A number that increases with each change of the key ring.</summary>
    public required long Version { get; init; }

    /// <summary>All keys of the key ring. The first key is the current key of this instance.</summary>
    public required IReadOnlyList<RewtKey> Keys { get; init; }

    /// <summary>The time that has passed since this instance last read the key ring from Redis.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>The key that this instance signs with; <see langword="null"/> if this instance has no key to sign with.</summary>
    public RewtKey? Current => Keys.FirstOrDefault(key => key.State == RewtKeyState.Current && !key.IsForeign);
}
