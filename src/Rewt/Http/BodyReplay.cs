using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;

namespace Rewt.Internal;

/// <summary>
/// Prepares the body of a request for a retry, before the request is sent for the first time. A body that could be sent only once is buffered in
/// memory, unless it is too long.
/// </summary>
internal static class BodyReplay
{
    /// <summary>
    /// Buffers a body that could be sent only once, if its length is known and at most <paramref name="maximum"/> bytes. Returns whether the body can
    /// be sent again.
    /// </summary>
    public static ValueTask<bool> PrepareAsync(HttpContent? content, int maximum, CancellationToken cancellationToken) =>
        CanReplay(content) ? ValueTask.FromResult(true)
        : content!.Headers.ContentLength is not { } length || length > maximum ? ValueTask.FromResult(false)
        : BufferAsync(content, maximum, cancellationToken);

    /// <summary>Returns whether a body can be sent again without being buffered.</summary>
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
    /// Returns whether a value can be serialized twice. A sequence that is not a collection, such as the result of a database query, may be empty the
    /// second time.
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
