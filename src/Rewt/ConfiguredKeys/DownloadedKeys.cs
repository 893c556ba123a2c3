namespace Rewt.Internal;

/// <summary>
/// The response to the download of a key set (JWKS): its content, its entity tag, and how long it may be used without another download.
/// </summary>
/// <param name="Content">The document; <see langword="null"/> when it has not changed.</param>
/// <param name="EntityTag">The entity tag of this version (RFC 9110 §8.8.3).</param>
/// <param name="MaxAge">How long the document may be reused (RFC 9111 §5.2.2.1).</param>
internal sealed record DownloadedKeys(byte[]? Content, string? EntityTag, TimeSpan? MaxAge);
