namespace Rewt.Internal;

/// <summary>The exception that is thrown if the <see cref="IRewtSecretProtector"/> of the application fails or does not answer.</summary>
internal sealed class SecretProtectorException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>
    /// The revoked key ids of the reading whose secrets could not be decrypted. These revocations are in effect although the secrets are unknown.
    /// </summary>
    public IReadOnlyDictionary<KeyId, StoreTime>? Revoked { get; set; }

    /// <summary>The <see cref="RingReading.TenantStamp"/> of the reading whose secrets could not be decrypted.</summary>
    public string? TenantStamp { get; set; }
}
