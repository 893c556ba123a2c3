namespace Rewt.Internal;

/// <summary>
/// The exception that is thrown when the application's <see cref="IRewtSecretProtector"/>, which encrypts the secrets in the store, fails or does not
/// answer.
/// </summary>
internal sealed class SecretProtectorException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The revoked key ids of the reading whose secrets could not be opened: a revocation takes effect without them.</summary>
    public IReadOnlyDictionary<string, StoreTime>? Revoked { get; set; }

    /// <summary>The stamp of the tenants of that reading.</summary>
    public string? TenantStamp { get; set; }
}
