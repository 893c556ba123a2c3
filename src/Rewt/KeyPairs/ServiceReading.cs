using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>
/// The raw result of one read of the public keys that one service publishes: its stored entries, not verified yet, and its revocations.
/// </summary>
/// <param name="Epoch">A random value that is written with the first keys and changes if the store loses them; <see langword="null"/> when there is none.</param>
/// <param name="Entries">The entries by key id.</param>
/// <param name="Revoked">The service's revoked keys, and when each may be forgotten.</param>
internal sealed record ServiceReading(string? Epoch, IReadOnlyDictionary<string, byte[]> Entries, IReadOnlyDictionary<string, StoreTime> Revoked)
{
    public static readonly ServiceReading Empty = new(null, ImmutableDictionary<string, byte[]>.Empty, ImmutableDictionary<string, StoreTime>.Empty);

    /// <summary>The reason why the ring is unreadable; <see langword="null"/> when it is readable.</summary>
    public string? Problem { get; init; }
}
