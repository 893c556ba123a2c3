namespace Rewt.Internal;

/// <summary>A key as the dashboard shows it, without its secret. Times are Unix milliseconds.</summary>
/// <param name="Id">The key id.</param>
/// <param name="State"><c>pending</c>, <c>current</c>, <c>retired</c> or <c>revoked</c>.</param>
/// <param name="Service">The service that owns the key pair.</param>
/// <param name="IsOwn">Whether this instance signs, signed or will sign with the key. Always true for a shared secret.</param>
/// <param name="From">The time at which the key entered this state, if known.</param>
/// <param name="Until">The time at which the key leaves this state, if known.</param>
/// <param name="Certificate">The name in the certificate that attests the key pair, or why none does.</param>
/// <param name="CertificateUntil">The time at which that certificate expires.</param>
internal sealed record KeyView(string Id, string State, string? Service, bool IsOwn, long? From, long? Until, string? Certificate, long? CertificateUntil);
