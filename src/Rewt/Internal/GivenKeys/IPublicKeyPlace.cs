namespace Rewt.Internal;

/// <summary>Where public keys stand that somebody else looks after.</summary>
internal interface IPublicKeyPlace
{
    /// <summary>What to call it in a log: never the key itself.</summary>
    string Name { get; }

    /// <summary>The keys that stand there now, or those that were read a moment ago and may be used on.</summary>
    /// <param name="isAsked">Somebody waits for a key that was not among them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KeyPlaceException">They cannot be had; the message says why.</exception>
    Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken);
}
