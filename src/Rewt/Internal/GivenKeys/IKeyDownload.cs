namespace Rewt.Internal;

/// <summary>Fetches a key set from an address, within a time limit, a size limit and without following redirects.</summary>
internal interface IKeyDownload
{
    /// <param name="address">Where from.</param>
    /// <param name="entityTag">What the last answer was marked with, if it was: then the answer may be that nothing has changed.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KeyPlaceException">There was no good answer; the message says why.</exception>
    Task<DownloadedKeys> FetchAsync(Uri address, string? entityTag, CancellationToken cancellationToken);
}
