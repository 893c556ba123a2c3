using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The result of one read of the public keys that one service publishes: the stored entries, which are not verified yet, and the revocations.
/// </summary>
/// <param name="Epoch">A random value that is written with the first keys; <see langword="null"/> if the store contains no such value. If the store
/// loses the keys, another value is written.</param>
/// <param name="Entries">The stored entries by their names, which are not verified to be key ids.</param>
/// <param name="Revoked">The ids of the service's revoked keys, each with the end of its retention time.</param>
internal sealed record ServiceReading(string? Epoch, IReadOnlyDictionary<string, byte[]> Entries, IReadOnlyDictionary<KeyId, StoreTime> Revoked)
{
    public static readonly ServiceReading Empty = new(null, ImmutableDictionary<string, byte[]>.Empty, ImmutableDictionary<KeyId, StoreTime>.Empty);

    /// <summary>
    /// Whether the store contains more revocations than are read. In this case, a revocation that is missing in <see cref="Revoked"/> is not
    /// necessarily missing in the store.
    /// </summary>
    public bool IsTruncated { get; init; }

    /// <summary>Returns whether the store contains an entry of a key.</summary>
    public bool Contains(KeyId keyId) => Entries.ContainsKey(keyId.ToString());

    /// <summary>The reason why the stored keys cannot be read; <see langword="null"/> if they can be read.</summary>
    public string? Problem { get; init; }
}
