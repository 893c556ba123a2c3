namespace Rewt;

/// <summary>
/// Settings for sealing: the encryption of the shared secrets in Redis (AES-256-GCM), so that a reader of Redis or of a backup cannot sign tokens.
/// See also <see cref="IRewtSecretProtector"/>.
/// </summary>
public sealed class RewtSealingOptions
{
    /// <summary>
    /// The sealing keys. The first key encrypts, and every key can decrypt, so that keys can be replaced without a failed call. The keys are read
    /// when the application starts.
    /// </summary>
    /// <value>32 random bytes in base64 each, or the path of a file that contains them, relative to the content root. Default: none.</value>
    public IList<string> Keys { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Sealing:Keys must be a list."); } = [];

    /// <summary>Decrypt secrets, but write secrets in plain text. Use this setting only while encryption is turned on or off in a running fleet.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool WriteUnsealed { get; set; }

    /// <summary>
    /// Refuse secrets in plain text, so that a writer of Redis without a sealing key cannot replace the secret by its own. Set this when all
    /// instances seal and a rotation has sealed every secret; with a secret in plain text, the keys are unavailable.
    /// </summary>
    /// <value>Default <see langword="false"/>: secrets in plain text are accepted and sealed at the next write.</value>
    public bool RequireSealed { get; set; }
}
