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
    public static async ValueTask<bool> PrepareAsync(HttpContent? content, int maximum, CancellationToken cancellationToken)
    {
        if (content is null || CanReplay(content)) return true;
        if (content.Headers.ContentLength is not { } length || length > maximum) return false;

        await content.LoadIntoBufferAsync(maximum, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Returns whether a body can be sent again without being buffered.</summary>
    public static bool CanReplay(HttpContent? content) => content switch
    {
        null or ByteArrayContent or ReadOnlyMemoryContent => true,
        JsonContent json => JsonReplay.CanReadAgain(json.Value),
        MultipartContent parts => parts.All(CanReplay),
        _ => false,
    };
}
