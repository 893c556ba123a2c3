namespace Rewt.Internal;

/// <summary>The data that the dashboard shows of one key, without the secret. Times are in Unix milliseconds.</summary>
/// <param name="Id">The key id.</param>
/// <param name="State">The state of the key: <c>pending</c>, <c>current</c>, <c>retired</c> or <c>revoked</c>.</param>
/// <param name="Service">The name of the service that owns the key pair.</param>
/// <param name="IsOwn">Whether the key pair belongs to this instance. For a shared secret, the value is always <see langword="true"/>.</param>
/// <param name="From">The time at which the key entered its state, if known.</param>
/// <param name="Until">The time at which the key leaves its state, if known.</param>
/// <param name="Certificate">The name in the certificate that confirms the key pair, or the reason why no certificate confirms it.</param>
/// <param name="CertificateUntil">The time at which the certificate of the key pair expires.</param>
internal sealed record KeyView(string Id, string State, string? Service, bool IsOwn, long? From, long? Until, string? Certificate, long? CertificateUntil);
