namespace Rewt;

/// <summary>
/// Encrypts a shared secret before the secret is written to Redis, and decrypts the secret after it was read. An application implements this interface
/// to encrypt with, for example, a key management service instead of <see cref="RewtSealingOptions.Keys"/>.
/// </summary>
/// <remarks>
/// Register the implementation as a singleton. If the application uses several namespaces, register a keyed singleton for each, with the namespace as
/// the key. The methods of the implementation are called when a secret is written to Redis, or when a secret in Redis has changed. The methods are not
/// called for each HTTP request. Every instance of the namespace must be able to decrypt the secrets.
/// </remarks>
public interface IRewtSecretProtector
{
    /// <summary>Encrypts a secret.</summary>
    /// <param name="secret">The secret to encrypt.</param>
    /// <param name="associatedData">A text that names the place in Redis where the secret is stored, and the key id of the secret. Decryption must
    /// require the same text.</param>
    /// <param name="cancellationToken">Cancels the operation. Rewt cancels it after 3 seconds at the latest.</param>
    /// <returns>The encrypted secret, as a text of at most 8,000 characters.</returns>
    ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a secret.</summary>
    /// <param name="protectedText">The text from Redis. <see cref="ProtectAsync"/> returned this text, unless someone else wrote to Redis.</param>
    /// <param name="associatedData">A text that names the place in Redis where <paramref name="protectedText"/> is stored, and the key id of the
    /// secret.</param>
    /// <param name="cancellationToken">Cancels the operation. Rewt cancels it after 3 seconds at the latest.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The text was not encrypted by this protector, or was encrypted with other
    /// associated data. The keys are then unusable, and Rewt writes nothing to Redis. An exception of any other type counts as an outage, in which
    /// known keys stay in use. A <see cref="System.Security.Cryptography.CryptographicException"/> also counts as an outage if its inner exception has
    /// a type other than <see cref="System.Security.Cryptography.CryptographicException"/>, <see cref="FormatException"/> or
    /// <see cref="ArgumentException"/>. The message of an exception must not contain the secret, because messages may be logged.</exception>
    ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default);
}
