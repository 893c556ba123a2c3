namespace Rewt.Internal;

/// <summary>One place of configured public keys: a file, a URL or the settings themselves. <see cref="PublicKeyReader"/> reads it.</summary>
internal interface IPublicKeySource
{
    /// <summary>The name for logs. It never contains the key.</summary>
    string Name { get; }

    /// <summary>Gets the keys, from the source or from a recent read that may be reused.</summary>
    /// <param name="isAsked">Whether a caller waits for a key that the last read did not contain.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="PublicKeySourceException">The keys cannot be read; the message gives the reason.</exception>
    Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken);

    /// <summary>Gets those of the last keys that remain accepted after a failed read.</summary>
    PublicKeySet? StillAccepted(PublicKeySet? last) => last;
}
