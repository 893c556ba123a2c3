using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Rewt.Internal;

/// <summary>
/// Contains the certificate of this service, and the policy that checks the certificates of other services (<see cref="AttestationPolicy"/>),
/// according to <see cref="RewtOptions.Identity"/>. The certificate and the authorities are read again when their files change. A key source attests
/// the keys of this service with the certificate, and checks the keys of other services.
/// </summary>
internal sealed class ServiceIdentity
{
    private readonly RewtOptions _options;
    private readonly ReloadedFiles<ServiceCertificate>? _files;
    private readonly ReloadedFiles<AttestationPolicy>? _authorities;
    private readonly BackgroundRead<ServiceCertificate> _factory;
    private ServiceCertificate? _certificate;
    private ServiceCertificate? _lastUsable;

    /// <exception cref="PublicKeySourceException">A file cannot be used. The message contains the reason.</exception>
    public ServiceIdentity(RewtOptions options, TimeProvider time)
    {
        _options = options;
        _factory = new BackgroundRead<ServiceCertificate>("Identity:CertificateFactory has not returned", time);
        var identity = options.Identity;
        if (identity.CertificateFile is { } file) _files = new ReloadedFiles<ServiceCertificate>(identity.KeyFile is { } key ? [file, key] : [file], contents => ServiceCertificate.Read(contents, options), time).Read();
        if (identity.CertificateFactory is not null) _certificate = FromFactory();
        if (identity.Authorities.Count == 0) return;

        string[] settings = identity.RevocationListFile is { } revocations ? [.. identity.Authorities, revocations] : [.. identity.Authorities];
        _authorities = new ReloadedFiles<AttestationPolicy>(settings, contents => ReadPolicy(settings, contents, options), time, RevocationList.MaximumBytes).Read();
    }

    /// <summary>The policy that checks the keys of other services; <see langword="null"/> if no authorities are configured.</summary>
    public AttestationPolicy? Policy => _authorities?.Value;

    /// <summary>The namespace that an attestation in a key set (JWKS) must name.</summary>
    public string AttestedNamespace => _options.AttestedNamespace;

    /// <summary>Whether this service attests the keys that it publishes.</summary>
    public bool Attests => _options.Identity.Attests;

    /// <summary>The certificate of this service; <see langword="null"/> if it has none.</summary>
    public ServiceCertificate? Certificate => _files?.Value ?? _certificate;

    /// <summary>Opens the configured files. Returns <see langword="null"/> if neither a certificate nor authorities are configured.</summary>
    /// <exception cref="PublicKeySourceException">A file cannot be used. The message contains the reason.</exception>
    public static ServiceIdentity? Open(RewtOptions options, TimeProvider time) => options.Identity is { Attests: false, Authorities.Count: 0 } ? null : new ServiceIdentity(options, time);

    /// <summary>
    /// Reads the files that have changed, and calls the delegate <see cref="RewtIdentityOptions.CertificateFactory"/>, if one is configured. Calls
    /// must not overlap.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_files is not null) await _files.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (_authorities is not null) await _authorities.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (_options.Identity.CertificateFactory is not null && await _factory.RefreshAsync(FromFactory, cancellationToken).ConfigureAwait(false) is { } given) _certificate = given;
    }

    /// <summary>
    /// Returns the certificate that can attest keys now; <see langword="null"/> if there is none. The certificate must remain valid until receivers
    /// have checked the keys. The previous certificate is used as long as a renewed certificate cannot be used. If the authority's clock is ahead, a
    /// renewed certificate becomes valid only after some time. This service may also refuse a renewed certificate, because the file is incomplete or
    /// the authority is not in Authorities yet.
    /// </summary>
    /// <param name="now">The current time by the clock of the store, because receivers compare the dates of the certificate with this clock.</param>
    public ServiceCertificate? Usable(StoreTime now) => Select(now).Certificate;

    /// <summary>Returns the status of the certificate for an operator.</summary>
    /// <param name="now">The current time by the clock of the store.</param>
    public CertificateStatus State(StoreTime now)
    {
        var failure = (_files?.Failure ?? _factory.Failure ?? _authorities?.Failure)?.Message;
        var (usable, problem) = Select(now);
        if (problem is not null) failure ??= $"The renewed certificate of this service is not used, because its own Identity:Authorities do not accept it: {problem}";
        var unread = Joined([.. failure is null ? [] : new[] { $"{failure}; what was read before stays in use." }, .. Policy?.ProblemsOfLists(now) ?? []]);
        if ((usable ?? Certificate) is not { } certificate) return new CertificateStatus(CertificateHealth.Good, null, unread);

        var left = certificate.ChainNotAfter - now.ToDateTimeOffset();
        var date = certificate.ChainNotAfter.ToString("u", CultureInfo.InvariantCulture);
        return usable is null
            ? new CertificateStatus(
                CertificateHealth.Unusable,
                now.ToDateTimeOffset() < certificate.NotBefore
                    ? $"The certificate of this service is valid only from {certificate.NotBefore.ToString("u", CultureInfo.InvariantCulture)}, so no key can be published before."
                    : $"The certificate of this service expired or expires at {certificate.NotAfter.ToString("u", CultureInfo.InvariantCulture)}, so no new key can be published: the published keys sign until they end, and then no tokens can be signed. Renew the certificate.",
                unread)
            : left >= certificate.RenewalLead ? new CertificateStatus(CertificateHealth.Good, null, unread)
            : new CertificateStatus(
                CertificateHealth.Ending,
                certificate.ChainNotAfter < certificate.NotAfter
                    ? $"An intermediate certificate of this service expires at {date}. Renew the certificate with its chain, or receivers refuse the keys of this service."
                    : $"The certificate of this service expires at {date} and has not been renewed. Renew it, or no new key can be published.",
                unread);
    }

    private static string? Joined(IReadOnlyCollection<string> problems) => problems.Count > 0 ? string.Join(' ', problems) : null;

    /// <summary>Returns the certificate that can attest keys, and the reason why a renewed certificate does not replace it yet.</summary>
    private (ServiceCertificate? Certificate, string? Problem) Select(StoreTime now)
    {
        string? problem = null;
        if (IsUsable(Certificate, now) && !ReferenceEquals(Certificate, _lastUsable))
        {
            problem = IsUsable(_lastUsable, now) ? Policy?.ProblemOf(Certificate!, now.ToDateTimeOffset()) : null;
            if (problem is null) _lastUsable = Certificate;
        }

        return (IsUsable(_lastUsable, now) ? _lastUsable : null, problem);
    }

    private bool IsUsable(ServiceCertificate? certificate, StoreTime now) =>
        certificate is not null && now.ToDateTimeOffset() >= certificate.NotBefore && now.ToDateTimeOffset() + _options.PropagationDelay < certificate.NotAfter;

    private static AttestationPolicy ReadPolicy(string[] settings, IReadOnlyList<byte[]> contents, RewtOptions options)
    {
        var identity = options.Identity;
        var authorities = new X509Certificate2Collection();
        for (var index = 0; index < identity.Authorities.Count; index++) authorities.AddRange(AttestationPolicy.ReadAuthorities(contents[index], ConfiguredFile.NameOf(settings[index])));
        return new AttestationPolicy(authorities, identity.RevocationListFile is { } file ? RevocationList.Read(contents[^1], ConfiguredFile.NameOf(file)) : [], identity, PairSchedule.From(options).Attestation);
    }

    /// <summary>
    /// Calls the delegate, and returns its certificate; <see langword="null"/> if the certificate is unchanged, so that no further object for the
    /// private key is created.
    /// </summary>
    private ServiceCertificate? FromFactory()
    {
        try
        {
            var given = _options.Identity.CertificateFactory!();
            var isUnchanged = _certificate is { } known && given.FirstOrDefault(certificate => certificate.HasPrivateKey)?.RawDataMemory.Span.SequenceEqual(known.Chain[0]) == true;
            return isUnchanged ? null : ServiceCertificate.Of(given, "Identity:CertificateFactory", _options);
        }
        catch (Exception exception) when (exception is not PublicKeySourceException)
        {
            throw new PublicKeySourceException("Identity:CertificateFactory fails", exception);
        }
    }
}
