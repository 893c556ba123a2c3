namespace Rewt.Internal;

/// <summary>
/// The store of the used one-time tokens, in Redis or in memory. The store prevents a service from accepting a one-time token a second time.
/// </summary>
internal interface IOneTimeStore : IAsyncDisposable, IDisposable
{
    /// <summary>Records a one-time token as used, in one atomic step.</summary>
    /// <param name="namespace">The name of the namespace in which the token is valid.</param>
    /// <param name="audience">The audience of the token.</param>
    /// <param name="id">A text that identifies the token among all tokens for the same audience.</param>
    /// <param name="life">The time for which the token could still be accepted. The record is kept for this time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns><see langword="true"/> if the token is now recorded; <see langword="false"/> if it was recorded before.</returns>
    Task<bool> TryUseAsync(string @namespace, string audience, string id, TimeSpan life, CancellationToken cancellationToken);
}
