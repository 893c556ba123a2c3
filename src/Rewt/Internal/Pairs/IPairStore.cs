namespace Rewt.Internal;

/// <summary>
/// Where services show each other their public keys: a ring for each service, which only that service writes, and revocations. A store decides nothing.
/// </summary>
internal interface IPairStore : IAsyncDisposable
{
    /// <summary>The book of live instances, where there is one.</summary>
    IInstanceBook? Instances => null;

    /// <summary>Who looks the server over, where there is one.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>Reads the rings of these services, within the store's own time limit.</summary>
    /// <param name="services">Those that are known.</param>
    /// <param name="asked">Those that somebody asked for; one that does not exist costs no command of its own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The known ones, and of those asked for the ones that exist.</returns>
    Task<PairReading> ReadAsync(IReadOnlyCollection<string> services, IReadOnlyCollection<string> asked, CancellationToken cancellationToken);

    /// <summary>Writes what one instance of a service has to say; doing it twice is the same as once.</summary>
    /// <exception cref="UnauthorizedAccessException">This login may not.</exception>
    Task WriteAsync(string service, PairPlan plan, CancellationToken cancellationToken);

    /// <summary>Revokes a key, and tells the others to look.</summary>
    /// <param name="service">Whose key it is; <see langword="null"/> for whoever's it is.</param>
    /// <param name="keyId">The key.</param>
    /// <param name="now">The store's clock.</param>
    /// <param name="forgetAt">When the revocation may be forgotten.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="UnauthorizedAccessException">This login may not.</exception>
    Task RevokeAsync(string? service, string keyId, long now, long forgetAt, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="look"/> when another instance has changed something. Only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action look, CancellationToken cancellationToken);
}
