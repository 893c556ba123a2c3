namespace Rewt.Internal;

/// <summary>
/// The status of this service's certificate, for the log and the health check: whether the certificate must be renewed, and whether a file cannot be
/// read or should be replaced.
/// </summary>
/// <param name="Level">How urgently the certificate must be renewed.</param>
/// <param name="Problem">The problem of the certificate and its solution; <see langword="null"/> if there is none.</param>
/// <param name="Unread">The message about files that cannot be read, and about revocation lists that are overdue or apply to no certificate;
/// <see langword="null"/> if there are none.</param>
internal sealed record CertificateStatus(CertificateHealth Level, string? Problem, string? Unread)
{
    public string? Reason => Problem is null && Unread is null ? null : string.Join(' ', new[] { Problem, Unread }.OfType<string>());
}
