namespace Rewt;

/// <summary>
/// Settings of sealing, which is the encryption of the shared secrets in Redis (AES-256-GCM). With sealing, read access to Redis or to a backup is
/// not enough to sign tokens. See also <see cref="IRewtSecretProtector"/>.
/// </summary>
public sealed class RewtSealingOptions
{
    /// <summary>
    /// The sealing keys, which encrypt the shared secrets. The first key encrypts new secrets, and every key can decrypt. A sealing key can therefore
    /// be replaced while the services are running. The keys are read when the application starts.
    /// </summary>
    /// <value>
    /// Each entry is 32 random bytes in base64, or the path of a file that contains such a text, relative to the content root. Default: none.
    /// </value>
    public IList<string> Keys { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Sealing:Keys must be a list."); } = [];

    /// <summary>
    /// Whether new secrets are written in plain text although <see cref="Keys"/> are set. Encrypted secrets are still decrypted. Use this setting only
    /// to turn encryption on or off while the services are running.
    /// </summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool WriteUnsealed { get; set; }

    /// <summary>
    /// Whether secrets in plain text are refused. With this setting, write access to Redis is not enough to replace the secret. Turn on this setting
    /// only after all instances seal and a rotation has sealed every secret. While Redis contains a secret in plain text, the keys are unavailable.
    /// </summary>
    /// <value>Default <see langword="false"/>: a secret in plain text is accepted, and is sealed at the next write.</value>
    public bool RequireSealed { get; set; }
}
