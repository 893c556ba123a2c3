namespace Rewt.Internal;

/// <summary>
/// Downloads a set of public keys (JWKS) from a configured URL over HTTP, with a time limit and a size limit and without following redirects.
/// </summary>
internal interface IKeyDownload
{
    /// <summary>Fetches the key set.</summary>
    /// <param name="address">The URL.</param>
    /// <param name="entityTag">The entity tag of the last response, if any, so that the server can answer that nothing has changed.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="PublicKeySourceException">The response was missing or invalid; the message gives the reason.</exception>
    Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken);
}
