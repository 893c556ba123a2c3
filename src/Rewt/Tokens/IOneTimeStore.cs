namespace Rewt.Internal;

/// <summary>The store (Redis or memory) of the one-time tokens that were used, so that no service accepts one again.</summary>
internal interface IOneTimeStore : IAsyncDisposable, IDisposable
{
    /// <summary>Records a token as used, in one atomic step.</summary>
    /// <param name="ring">The key ring of the token.</param>
    /// <param name="audience">The audience of the token.</param>
    /// <param name="id">What identifies the token among those for this audience.</param>
    /// <param name="life">How long the token could still be accepted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns><see langword="false"/> if it was recorded before.</returns>
    Task<bool> TryUseAsync(string ring, string audience, string id, TimeSpan life, CancellationToken cancellationToken);
}
