namespace Rewt.Internal;

/// <summary>
/// One entry of <see cref="RewtOptions.VerificationKeys"/> that can be read again and again: a file, a URL, or a key in the settings themselves.
/// <see cref="PublicKeyReader"/> reads it at each refresh.
/// </summary>
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
