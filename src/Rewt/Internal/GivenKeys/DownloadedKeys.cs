namespace Rewt.Internal;

/// <summary>What a server answered.</summary>
/// <param name="Content">The document; <see langword="null"/> when it has not changed.</param>
/// <param name="EntityTag">What marks this version of it (RFC 9110 §8.8.3).</param>
/// <param name="MaxAge">How long it may be used on (RFC 9111 §5.2.2.1).</param>
internal sealed record DownloadedKeys(byte[]? Content, string? EntityTag, TimeSpan? MaxAge);
