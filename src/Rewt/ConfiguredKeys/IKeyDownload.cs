namespace Rewt.Internal;

/// <summary>
/// Downloads a set of public keys (JWKS) from a configured URL over HTTP. The download has a time limit and a size limit, and follows no redirect.
/// </summary>
internal interface IKeyDownload
{
    /// <summary>Downloads the key set.</summary>
    /// <param name="address">The URL of the key set.</param>
    /// <param name="entityTag">The entity tag of the last response, if any. With the entity tag, the server can answer that the key set has not
    /// changed.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="PublicKeySourceException">The server did not answer, or the response was invalid. The message contains the
    /// reason.</exception>
    Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken);
}
