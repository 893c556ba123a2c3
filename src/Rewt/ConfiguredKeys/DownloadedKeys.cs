namespace Rewt.Internal;

/// <summary>
/// The response to the download of a key set (JWKS): the content, the entity tag, and the time for which the content may be used without another
/// download.
/// </summary>
/// <param name="Content">The key set; <see langword="null"/> if it has not changed since the last download.</param>
/// <param name="EntityTag">The entity tag of the key set (RFC 9110 §8.8.3).</param>
/// <param name="MaxAge">The time for which the key set may still be reused: the max-age of the response minus its Age (RFC 9111 §4.2).</param>
internal sealed record DownloadedKeys(byte[]? Content, string? EntityTag, TimeSpan? MaxAge);
