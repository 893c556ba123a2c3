namespace Rewt;

/// <summary>
/// The keys of a namespace as this instance last read them, returned by <see cref="IRewtKeyRing"/>: the current, the pending, the retired and the
/// revoked keys.
/// </summary>
/// <remarks>
/// With <see cref="KeyMode.KeyPair"/> each instance has its own current key. The ring then also contains the keys of the services that the instance
/// communicates with.
/// </remarks>
public sealed record RewtKeyRing
{
    /// <summary>The trust domain.</summary>
    public required string Namespace { get; init; }

    /// <summary>Increases with each change of the key ring.</summary>
    public required long Version { get; init; }

    /// <summary>All keys, first the current key of this instance.</summary>
    public required IReadOnlyList<RewtKey> Keys { get; init; }

    /// <summary>The time since the last read of Redis.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>The key that this instance signs with; <see langword="null"/> when there is none.</summary>
    public RewtKey? Current => Keys.FirstOrDefault(key => key.State == RewtKeyState.Current && !key.IsForeign);
}
