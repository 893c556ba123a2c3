using System.Collections.Immutable;

namespace Rewt.Internal;

/// <summary>The ring of one service as one look found it; nothing in it is believed yet.</summary>
/// <param name="Epoch">Random, new with each life of the ring; <see langword="null"/> when there is none.</param>
/// <param name="Entries">What stands there under the key ids.</param>
/// <param name="Dead">The service's revoked keys and when each may be forgotten.</param>
internal sealed record ServiceReading(string? Epoch, IReadOnlyDictionary<string, byte[]> Entries, IReadOnlyDictionary<string, long> Dead)
{
    public static readonly ServiceReading Empty = new(null, ImmutableDictionary<string, byte[]>.Empty, ImmutableDictionary<string, long>.Empty);

    /// <summary>Why the ring cannot be read; <see langword="null"/> when it can.</summary>
    public string? Problem { get; init; }
}
