namespace Rewt.Internal;

/// <summary>
/// The source of public keys that one entry of <see cref="RewtOptions.VerificationKeys"/> describes: a file, a URL, or the text of the keys.
/// <see cref="PublicKeyReader"/> reads the source at each refresh.
/// </summary>
internal interface IPublicKeySource
{
    /// <summary>The name of the source in log messages. The name never contains a key.</summary>
    string Name { get; }

    /// <summary>Reads the public keys from the source, or returns the keys of a recent read if they can be reused.</summary>
    /// <param name="isAsked">Whether a request waits for a key that the last read did not return.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="PublicKeySourceException">The keys cannot be read. The message contains the reason.</exception>
    Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken);

    /// <summary>Returns those keys of the last successful read that are still accepted after a failed read.</summary>
    PublicKeySet? StillAccepted(PublicKeySet? last) => last;
}
