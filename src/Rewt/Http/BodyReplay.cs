using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;

namespace Rewt.Internal;

/// <summary>
/// Determines, before a request is sent for the first time, whether its body can be sent a second time for a retry, and buffers the body in memory if
/// that is necessary and it is not too long.
/// </summary>
internal static class BodyReplay
{
    /// <summary>
    /// Buffers a body that could be sent only once, if its length is known and at most <paramref name="maximum"/>. Returns whether it can be sent
    /// again.
    /// </summary>
    public static ValueTask<bool> PrepareAsync(HttpContent? content, int maximum, CancellationToken cancellationToken) =>
        CanReplay(content) ? ValueTask.FromResult(true)
        : content!.Headers.ContentLength is not { } length || length > maximum ? ValueTask.FromResult(false)
        : BufferAsync(content, maximum, cancellationToken);

    /// <summary>Returns whether a body can be sent again without buffering.</summary>
    public static bool CanReplay(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent => true,
        JsonContent json => CanReadAgain(json.Value),
        MultipartContent parts => parts.All(CanReplay),
        _ => false,
    };

    private static async ValueTask<bool> BufferAsync(HttpContent content, int maximum, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(maximum, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Whether a value can be serialized twice. A sequence that is not a collection, such as a database reader, may be empty the second time.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "If an interface is trimmed, no code uses it, the JSON serializer included.")]
    private static bool CanReadAgain(object? value)
    {
        if (value is null or string or ICollection) return true;

        var kinds = value.GetType().GetInterfaces().Where(kind => kind.IsGenericType).Select(kind => kind.GetGenericTypeDefinition()).ToHashSet();
        if (kinds.Contains(typeof(IAsyncEnumerable<>))) return false;
        return value is not IEnumerable || kinds.Contains(typeof(ICollection<>)) || kinds.Contains(typeof(IReadOnlyCollection<>));
    }
}
