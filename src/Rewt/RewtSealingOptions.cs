namespace Rewt;

/// <summary>
/// Settings for the encryption of the shared secrets in Redis (AES-256-GCM). A reader of Redis or of a backup cannot sign with sealed secrets. See also
/// <see cref="IRewtSecretProtector"/>.
/// </summary>
public sealed class RewtSealingOptions
{
    /// <summary>The sealing keys. The first encrypts, and all decrypt, so that they can be replaced without a failed call. They are read at start.</summary>
    /// <value>32 random bytes in base64 each, or the path of a file that contains them, relative to the content root. Default: none.</value>
    public IList<string> Keys { get; set => field = value ?? throw new ArgumentNullException(nameof(value), "Sealing:Keys must be a list."); } = [];

    /// <summary>Decrypt secrets, but write them in plain text: while encryption is turned on or off in a running fleet.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool WriteUnsealed { get; set; }
}
