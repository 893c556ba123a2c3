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
    /// <param name="associatedData">A text that names the place in Redis where the secret is stored, and the key id of the secret.
    /// <see cref="UnprotectAsync"/> must fail if it receives another text.</param>
    /// <param name="cancellationToken">Cancels the operation. Rewt cancels the operation after 3 seconds at the latest.</param>
    /// <returns>The encrypted secret, as a text of at most 8,000 characters.</returns>
    ValueTask<string> ProtectAsync(ReadOnlyMemory<byte> secret, string associatedData, CancellationToken cancellationToken = default);

    /// <summary>Decrypts a secret.</summary>
    /// <param name="protectedText">The encrypted text from Redis. Usually, <see cref="ProtectAsync"/> returned this text, but any program that can
    /// write to Redis may have replaced it.</param>
    /// <param name="associatedData">A text that names the place in Redis where <paramref name="protectedText"/> is stored, and the key id of the
    /// secret.</param>
    /// <param name="cancellationToken">Cancels the operation. Rewt cancels the operation after 3 seconds at the latest.</param>
    /// <returns>The secret.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The text was not encrypted by this protector, or was encrypted with other
    /// associated data. While a secret cannot be decrypted for this reason, the keys of the namespace are unusable, and Rewt writes nothing to Redis.
    /// An exception of any other type means an outage: known keys stay in use for at most <see cref="RewtOptions.StaleBudget"/>. A
    /// <see cref="System.Security.Cryptography.CryptographicException"/> also means an outage if it has an inner exception that is not a
    /// <see cref="System.Security.Cryptography.CryptographicException"/>, a <see cref="FormatException"/> or an <see cref="ArgumentException"/>. The
    /// message of an exception must not contain the secret, because messages may be logged.</exception>
    ValueTask<byte[]> UnprotectAsync(string protectedText, string associatedData, CancellationToken cancellationToken = default);
}
