namespace Rewt;

/// <summary>
/// Encrypts the shared secrets before they are written to Redis, and decrypts them after they were read. An application implements this interface to
/// use, for example, a key service in place of <see cref="RewtSealingOptions.Keys"/>.
/// </summary>
/// <remarks>
/// Register an implementation as a singleton in the service collection; if the application uses several namespaces, as a keyed service with the
/// namespace as the key. Its methods are called when the secrets in Redis have changed or are written, never for a request. Every instance of the
/// namespace must be able to remove the protection.
/// </remarks>
public interface IRewtSecretProtector
{
    /// <summary>Protects a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="associatedData">The place of the secret and the key id of the secret. The same text is necessary to remove the protection.</param>
    /// <param name="cancellationToken">Cancels the operation, after 3 seconds at the latest.</param>
    /// <returns>A text without the secret, of at most 8,000 characters.</returns>
    ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default);

    /// <summary>Removes the protection of a secret.</summary>
    /// <param name="protectedText">A text that <see cref="ProtectAsync"/> returned, or any other text that was written to Redis.</param>
    /// <param name="associatedData">The place where the text is stored, and the key id of the secret.</param>
    /// <param name="cancellationToken">Cancels the operation, after 3 seconds at the latest.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The text was not protected by this protector for this associated data: the keys are unusable, and nothing is written. Any other exception counts as an
    /// outage, in which known keys stay in use. This exception counts as an outage too if it wraps an exception that is not a
    /// <see cref="System.Security.Cryptography.CryptographicException"/>, a <see cref="FormatException"/> or an <see cref="ArgumentException"/>.
    /// The messages of exceptions may be logged, so they must not contain the secret.
    /// </exception>
    ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default);
}
