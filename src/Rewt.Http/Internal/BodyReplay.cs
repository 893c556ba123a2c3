using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Json;

namespace Rewt.Internal;

/// <summary>Whether a body can be sent a second time, whole.</summary>
internal static class BodyReplay
{
    /// <summary>Buffers a body that could be sent only once, if it is short and says so; a body without a known length is left alone.</summary>
    public static ValueTask<bool> PrepareAsync(HttpContent? content, int maximum, CancellationToken cancellationToken) =>
        CanReplay(content) ? ValueTask.FromResult(true)
        : content!.Headers.ContentLength is not { } length || length > maximum ? ValueTask.FromResult(false)
        : BufferAsync(content, maximum, cancellationToken);

    /// <summary>Whether a body can be sent a second time as it is.</summary>
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

    /// <summary>A sequence that is no collection may be empty the second time: the reader of a channel or of a database is.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "An interface that is trimmed is used by nobody, the JSON serializer among them.")]
    private static bool CanReadAgain(object? value)
    {
        if (value is null or string or ICollection) return true;

        var kinds = value.GetType().GetInterfaces().Where(kind => kind.IsGenericType).Select(kind => kind.GetGenericTypeDefinition()).ToHashSet();
        if (kinds.Contains(typeof(IAsyncEnumerable<>))) return false;
        return value is not IEnumerable || kinds.Contains(typeof(ICollection<>)) || kinds.Contains(typeof(IReadOnlyCollection<>));
    }
}
