namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown when the application's <see cref="IRewtSecretProtector"/>, which encrypts the secrets in the store, fails or does not
/// answer.
/// </summary>
internal sealed class SecretProtectorException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The revoked key ids in the reading whose secrets could not be decrypted. They take effect nevertheless.</summary>
    public IReadOnlyDictionary<string, StoreTime>? Revoked { get; set; }

    /// <summary>The <see cref="RingReading.TenantStamp"/> of that reading.</summary>
    public string? TenantStamp { get; set; }
}
