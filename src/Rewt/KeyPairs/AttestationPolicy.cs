using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BitFaster.Caching.Lru;

namespace Rewt.Internal;

/// <summary>
/// Determines whether a receiver can trust the <see cref="Attestation"/> of a published key. The attestation must be signed with a certificate that
/// names the service and chains to a configured root certificate. The certificate must be valid, and must not be in a configured revocation list. The
/// root certificates of the operating system are not used, and no network request is sent. When a configured file changes, a new object of this class
/// is created, and all keys are checked again.
/// </summary>
/// <param name="authorities">The configured root certificates.</param>
/// <param name="revocations">The configured certificate revocation lists.</param>
/// <param name="options">The settings with the requirements for certificates.</param>
/// <param name="longest">The maximum time for which an attestation is accepted after the last check at which its certificate was valid. Usually, the
/// maximum is the time for which this service attests its own keys. The expiry in the attestation is not a sufficient limit, because an attacker who
/// had a certificate's private key only briefly could choose an expiry in the far future. Default: a century.</param>
internal sealed class AttestationPolicy(X509Certificate2Collection authorities, IReadOnlyList<RevocationList> revocations, RewtIdentityOptions options, TimeSpan? longest = null)
{
    public const string NotYetValid = "its certificate, or another certificate of its chain, is not valid yet";

    /// <summary>The algorithm with which the RSA key of a certificate signs an attestation.</summary>
    public const string SigningAlgorithm = "RS256";

    public const string Ended = "its attestation has ended, and its service has not renewed it";

    private const string None = "it has no attestation by a certificate; set Identity:CertificateFile in its service, or Identity:AcceptUnattested here";

    /// <summary>
    /// The permitted extended key usages: TLS server, TLS client and any usage. If a certificate names extended key usages, one of them must be
    /// permitted. SPIFFE certificates name TLS server and TLS client.
    /// </summary>
    private static readonly string[] Uses = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

    /// <summary>The maximum length, in bytes, of an encoded RSA key with 4096 bits and a usual exponent.</summary>
    private const int LongestRsaKey = 600;

    /// <summary>
    /// The maximum number of accepted certificates in the cache. If a cached certificate attests another key, the chain of the certificate is not
    /// checked again.
    /// </summary>
    private const int Capacity = 1024;

    /// <summary>The maximum number of problems of revocation lists that are reported.</summary>
    private const int MaximumReported = 3;

    /// <summary>
    /// The revocation lists, grouped by the result of <see cref="RevocationList.IsForeign"/>. The result is determined only once, because the method
    /// verifies signatures.
    /// </summary>
    private readonly ILookup<bool, RevocationList> _lists = revocations.ToLookup(list => list.IsForeign(authorities));

    private readonly string[] _names = [.. options.Names];
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromDays(36_500);

    /// <summary>The accepted certificates, by the hash of their chains.</summary>
    private readonly FastConcurrentLru<string, AcceptedCertificate> _accepted = new(Capacity);

    public bool AcceptsUnattested { get; } = options.AcceptUnattested;

    /// <summary>Reads the root certificates in a PEM text.</summary>
    /// <exception cref="PublicKeySourceException">The text cannot be used. The message contains the reason.</exception>
    public static X509Certificate2Collection ReadAuthorities(byte[] content, string name)
    {
        var authorities = new X509Certificate2Collection();
        var text = PublicKeyPem.Unescape(ConfiguredFile.TextOf(content));
        PublicKeyPem.CheckBlocks(text, name);
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new PublicKeySourceException($"{name} contains a damaged certificate", exception);
        }

        if (authorities.Count == 0) throw new PublicKeySourceException($"{name} contains no certificate in PEM format");
        return authorities.FirstOrDefault(authority => !IsRoot(authority)) is { } other
            ? throw new PublicKeySourceException($"{name} contains {UntrustedText.Quote(other.Subject)}, which is not a root certificate; services publish their intermediate certificates themselves")
            : authorities;
    }

    public static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>
    /// Returns the time with which the ends of attestations and certificates are compared. The result is the later of two times: the time of the
    /// store, and the time of this machine minus the permitted clock skew. The time of the store alone is not sufficient, because an attacker may set
    /// the store's clock back.
    /// </summary>
    public static StoreTime Latest(StoreTime storeTime, DateTimeOffset local, TimeSpan clockSkew) => StoreTime.Max(storeTime, StoreTime.From(local - clockSkew));

    /// <summary>Checks the attestation of a key.</summary>
    /// <param name="key">The key to which the attestation must belong.</param>
    /// <param name="json">The attestation in JSON; <see langword="null"/> if there is none.</param>
    /// <param name="ring">The namespace and the service that the attestation must name.</param>
    /// <param name="now">The current time. An attestation that has expired by this time is refused.</param>
    /// <param name="before">The result of an earlier check of the same attestation; <see langword="null"/> for the first check. The certificate must
    /// be valid at the first check or now, because an attestation by an expired certificate could be backdated. A later check with a valid certificate
    /// extends the time for which the attestation is accepted.</param>
    /// <param name="problem">The reason why the attestation is refused, as a clause about the key, such as "its certificate has expired";
    /// <see langword="null"/> if the attestation is accepted.</param>
    public AttestingCertificate? Check(PublicKey key, string? json, PairRingId ring, StoreTime now, AttestingCertificate? before, out string? problem) =>
        Check(key, json, ring.Namespace, ring.Service, now, before, out problem)?.By;

    /// <summary>Checks the attestation of a key, which may name any service if <paramref name="service"/> is <see langword="null"/>.</summary>
    private (AttestingCertificate By, string Service)? Check(PublicKey key, string? json, string @namespace, string? service, StoreTime now, AttestingCertificate? before, out string? problem)
    {
        problem = None;
        if (json is null) return null;

        problem = "its attestation is malformed";
        if (Attestation.TryRead(json) is not { } attestation) return null;

        problem = "its attestation is for another service or namespace";
        if (attestation.Ring.Service != (service ?? attestation.Ring.Service) || attestation.Ring.Namespace != @namespace || !Rewt.Internal.Names.IsName(attestation.Ring.Service)) return null;

        problem = Ended;
        if (attestation.Until <= now) return null;

        AttestingCertificate? by = null;
        var seenAt = before is null || IsDue(before, now) ? now : before.SeenAt;
        problem = ProblemAt(seenAt);
        // The attestation is accepted if its certificate is valid at one of the two times. A renewed root certificate may not have been valid yet at the
        // earlier check, and the certificate may have expired since then.
        var other = seenAt == now ? before?.SeenAt ?? now : now;
        if (problem is not null && other != seenAt && other + _longest > now) problem = ProblemAt(other);
        return problem is null ? (by!, attestation.Ring.Service) : null;

        string? ProblemAt(StoreTime at) => ProblemOf(key, attestation, at.ToDateTimeOffset(), out by);
    }

    /// <summary>
    /// Returns whether an attestation should be checked again, that is, whether half of its acceptance time has passed since the last check.
    /// </summary>
    public bool IsDue(AttestingCertificate by, StoreTime now) => NextCheck(by) <= now;

    /// <summary>Returns the time at which an attestation should be checked again.</summary>
    public StoreTime NextCheck(AttestingCertificate by) => StoreTime.Min(by.EndsAt, by.SeenAt + (_longest / 2));

    /// <summary>
    /// Returns the keys of a set that this policy accepts, and whether this result is final. Each key is bound to the service that its attestation
    /// names. The result is not final if a certificate is not valid yet. A final result stays the same until an attestation ends.
    /// </summary>
    public (PublicKeySet Set, bool IsFinal) Filter(PublicKeySet set, PublicKeySet? before, string @namespace, StoreTime now)
    {
        var isFinal = true;
        var (keys, refused, attestations) = (new List<PublicKey>(), set.Refused.ToList(), new Dictionary<KeyId, KeyAttestation>());
        foreach (var key in set.Keys)
        {
            var json = set.Attestations.GetValueOrDefault(key.KeyId)?.Json;
            var known = before?.Attestations.GetValueOrDefault(key.KeyId);
            var check = Check(key, json, @namespace, null, now, known?.Json == json ? known?.By : null, out var problem);
            isFinal &= problem != NotYetValid;
            if (check is null && known is not null && known.Json != json && (check = Check(key, known.Json, @namespace, null, now, known.By, out _)) is not null)
            {
                // The previous attestation still counts when a new one does not.
                refused.Add(new RefusedKey(key.KeyId.ToString(), $"{problem}; the previous attestation stays in use"));
                json = known.Json;
            }

            if (check is { } good)
            {
                attestations.Add(key.KeyId, new KeyAttestation(json!, good.By));
                key.BelongTo(good.Service);
            }
            else if (!AcceptsUnattested)
            {
                refused.Add(new RefusedKey(key.KeyId.ToString(), problem!));
                continue;
            }

            keys.Add(key);
        }

        return (new PublicKeySet(keys, refused) { Attestations = attestations }, isFinal);
    }

    /// <summary>
    /// Returns the problems of the revocation lists for an operator: lists that apply to no certificate, and issuers whose lists are all overdue.
    /// These problems do not cause a refusal of keys, because an authority may publish a new list late.
    /// </summary>
    public IEnumerable<string> ProblemsOfLists(StoreTime now) => _lists[true]
        .Select(list => $"{list.File} contains a revocation list that no certificate of Identity:Authorities has issued.").Distinct(StringComparer.Ordinal)
        .Concat(_lists[false].GroupBy(list => list.Issuer, StringComparer.OrdinalIgnoreCase).Select(lists => lists.MaxBy(list => list.NextUpdate ?? DateTimeOffset.MaxValue)!)
            .Where(latest => latest.NextUpdate <= now.ToDateTimeOffset())
            .Select(latest => $"The revocation list of {UntrustedText.Quote(latest.Issuer)} in {latest.File} is overdue since {latest.NextUpdate?.ToString("u", CultureInfo.InvariantCulture)}."))
        .Take(MaximumReported);

    /// <summary>Returns the problem of this service's own certificate chain; <see langword="null"/> if there is none.</summary>
    public string? ProblemOf(ServiceCertificate certificate, DateTimeOffset at) => ProblemOf(certificate.Chain, chain => ProblemOfChain(chain[0], chain, at, out _, out _));

    /// <summary>Loads a certificate chain, runs a check, and disposes the certificates afterwards.</summary>
    private static string? ProblemOf(IReadOnlyList<byte[]> certificates, Func<X509Certificate2Collection, string?> check)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            foreach (var certificate in certificates) chain.Add(X509CertificateLoader.LoadCertificate(certificate));
            return check(chain);
        }
        catch (CryptographicException)
        {
            return "its certificate is malformed";
        }
        finally
        {
            foreach (var certificate in chain) certificate.Dispose();
        }
    }

    private string? ProblemOf(PublicKey key, Attestation attestation, DateTimeOffset at, out AttestingCertificate? by)
    {
        var chainId = HashOf(attestation.Chain);
        var certificate = _accepted.TryGet(chainId, out var accepted) && accepted.From <= at && at <= accepted.Until ? accepted : null;
        var problem = certificate is null
            ? ProblemOf(attestation.Chain, chain => ProblemOf(key, attestation, chainId, chain, at, out certificate))
            : ProblemOfNames(certificate.Names, attestation) ?? ProblemOfSignature(key, attestation, certificate.Key);
        by = null;
        if (problem is not null) return problem;

        var name = CertificateNames.Find(certificate!.Names, attestation.Ring.Service, _names)!;
        by = new AttestingCertificate(name, certificate.Until, StoreTime.From(at), StoreTime.Min(attestation.Until, StoreTime.From(at) + _longest));
        return null;
    }

    private string? ProblemOf(PublicKey key, Attestation attestation, string chainId, X509Certificate2Collection chain, DateTimeOffset at, out AcceptedCertificate? accepted)
    {
        // The checks run from the cheapest to the most expensive one, because the writer of the entry may be an adversary.
        var leaf = chain[0];
        accepted = null;
        if ((ProblemOfTime(leaf, at) ?? ProblemOfUse(leaf)) is { } unusable) return unusable;
        var names = CertificateNames.Of(leaf) ?? [];
        if (ProblemOfNames(names, attestation) is { } unnamed) return unnamed;
        if (PublicKeyPem.TryReadKey(leaf, SigningAlgorithm, out var unfit) is not { } certified) return $"its certificate cannot be used: {unfit}";
        if (ProblemOfSignature(key, attestation, certified) is { } forged) return forged;
        if (ProblemOfChain(leaf, chain, at, out var valid, out var domain) is { } refusal) return refusal;
        // The authority of a trust domain confirms only names of this domain, and no DNS name beside them.
        if (domain is not null)
        {
            names = [.. names.Where(name => CertificateNames.TrustDomainOf([name]) == domain)];
            if (ProblemOfNames(names, attestation) is not null) return $"its certificate does not name the service in the trust domain of its root certificate, {UntrustedText.Quote(domain)}";
        }

        accepted = new AcceptedCertificate(certified, names, valid.From, valid.Until);
        _accepted.AddOrUpdate(chainId, accepted);
        return null;
    }

    private string? ProblemOfNames(IReadOnlyList<(string Text, bool IsUri)> names, Attestation attestation) =>
        CertificateNames.Find(names, attestation.Ring.Service, _names) is null ? "its certificate does not name the service" : null;

    private static string? ProblemOfSignature(PublicKey key, Attestation attestation, PublicKey certified)
    {
        var statement = Attestation.Statement(attestation.Ring, attestation.At, attestation.Until, key);
        return KeyProof.Verifies(certified, statement, attestation.Signature) ? null : "its attestation is not signed by its certificate";
    }

    /// <summary>
    /// Returns a hash of a certificate chain. The length of each certificate is hashed too, so that different chains have different hashes.
    /// </summary>
    private static string HashOf(IReadOnlyList<byte[]> certificates)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var certificate in certificates)
        {
            BinaryPrimitives.WriteInt32BigEndian(length, certificate.Length);
            hash.AppendData(length);
            hash.AppendData(certificate);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Returns the validity period of a certificate in UTC. The dates are converted, because .NET returns them in local time.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until) Validity(X509Certificate2 certificate) =>
        (new DateTimeOffset(certificate.NotBefore.ToUniversalTime()), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));

    private static string? ProblemOfTime(X509Certificate2 certificate, DateTimeOffset at)
    {
        var (from, until) = Validity(certificate);
        return at < from ? NotYetValid : at > until ? "its certificate has expired" : null;
    }

    public static string? ProblemOfUse(X509Certificate2 leaf)
    {
        if (leaf.Extensions.DistinctBy(extension => extension.Oid?.Value, StringComparer.Ordinal).Count() != leaf.Extensions.Count) return "its certificate has an extension twice";
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority)) return "its first certificate is a CA certificate (basicConstraints); the certificate file must start with the certificate of the service";
        var usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages ?? X509KeyUsageFlags.None;
        if (!usage.HasFlag(X509KeyUsageFlags.DigitalSignature)) return "its certificate may not sign (keyUsage digitalSignature)";
        if ((usage & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != X509KeyUsageFlags.None) return "its certificate may sign certificates or revocation lists (keyUsage), as only an authority may";
        return ProblemOfExtendedUse(leaf);
    }

    private static string? ProblemOfExtendedUse(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().All(extension => extension.EnhancedKeyUsages.Cast<Oid>().Any(use => Uses.Contains(use.Value)))
            ? null
            : "a certificate of its chain is for another use (extendedKeyUsage)";

    /// <summary>
    /// Returns whether the key of a certificate is permitted: EC on P-256 or P-384, or RSA of a permitted length. With any other key, such as a key
    /// that defines its own curve, the verification of a signature could take a long time.
    /// </summary>
    private static bool HasFitKey(X509Certificate2 certificate)
    {
        if (certificate.PublicKey.Oid.Value == PublicKeyPem.EllipticCurveKey) return certificate.PublicKey.EncodedParameters is { } curve && EllipticCurve.Find(curve.RawData) is not null;
        using var rsa = certificate.PublicKey.EncodedKeyValue.RawData.Length <= LongestRsaKey ? certificate.GetRSAPublicKey() : null;
        return rsa?.KeySize is >= RsaNumbers.MinimumBits and <= RsaNumbers.MaximumBits;
    }

    /// <summary>Checks the chain of a certificate.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="chain">The certificate and its intermediate certificates.</param>
    /// <param name="at">The time at which all certificates must be valid.</param>
    /// <param name="valid">The period in which all certificates of an accepted chain are valid.</param>
    /// <param name="domain">The trust domain in the SPIFFE ID of the root certificate; <see langword="null"/> if the root certificate has no SPIFFE
    /// ID. The root certificates of SPIRE have a SPIFFE ID. A configured file can contain the root certificates of several federated trust domains,
    /// and each root certificate must confirm only the names of its own trust domain.</param>
    private string? ProblemOfChain(
        X509Certificate2 leaf, X509Certificate2Collection chain, DateTimeOffset at, out (DateTimeOffset From, DateTimeOffset Until) valid, out string? domain)
    {
        (valid, domain) = (default, null);
        if (!chain.All(HasFitKey)) return "a key of its certificate chain is neither P-256, P-384 nor RSA of 2048 to 4096 bits";
        using var path = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationTime = at.UtcDateTime,
            },
        };
        path.ChainPolicy.CustomTrustStore.AddRange(authorities);
        path.ChainPolicy.ExtraStore.AddRange(chain);
        try
        {
            if (!path.Build(leaf)) return path.ChainElements.Any(element => at < Validity(element.Certificate).From) ? NotYetValid : $"its certificate is not accepted ({Cause(path.ChainStatus)}){Advice(path.ChainStatus)}";

            var elements = path.ChainElements.Select(element => element.Certificate).ToList();
            for (var index = 0; index < elements.Count - 1; index++)
            {
                if (ProblemOfLink(elements[index], elements[index + 1], chain, at) is { } problem) return problem;
            }

            if (CertificateNames.Of(elements[^1]) is not { } rootNames) return "the names in its root certificate are malformed";
            domain = CertificateNames.TrustDomainOf(rootNames);
            valid = (elements.Max(element => Validity(element).From), elements.Min(element => Validity(element).Until));
            return null;
        }
        finally
        {
            foreach (var element in path.ChainElements) element.Certificate.Dispose();
        }
    }

    private string? ProblemOfLink(X509Certificate2 certificate, X509Certificate2 issuer, X509Certificate2Collection chain, DateTimeOffset at)
    {
        // .NET also takes intermediates from the store of the user.
        if (!chain.Contains(certificate)) return "its certificate chain is incomplete";
        if (CertificateSignatureAlgorithm.Of(certificate.RawDataMemory) is null) return "its certificate chain is signed with an outdated algorithm";
        if (ProblemOfExtendedUse(certificate) is { } unfit) return unfit;
        using var rsa = issuer.GetRSAPublicKey();
        if (rsa?.KeySize < RsaNumbers.MinimumBits) return $"an RSA key of its certificate chain has less than {RsaNumbers.MinimumBits} bits";
        if (revocations.Any(list => list.Revokes(certificate, issuer, authorities))) return "its certificate is revoked";
        return ProblemOfTime(certificate, at) ?? ProblemOfTime(issuer, at);
    }

    private static string Advice(X509ChainStatus[] status) => status.Any(one => one.Status is X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot)
        ? "; add the root certificate to Identity:Authorities of this service, and all intermediate certificates to the certificate file of the service that published the key"
        : string.Empty;

    private static string Cause(X509ChainStatus[] status) => string.Join(", ", status.Select(one => one.Status).Distinct());

    /// <summary>A certificate whose chain this policy has accepted.</summary>
    /// <param name="Key">The public key of the certificate.</param>
    /// <param name="Names">The names in the certificate.</param>
    /// <param name="From">The start of the period in which all certificates of the chain are valid.</param>
    /// <param name="Until">The end of the period in which all certificates of the chain are valid.</param>
    private sealed record AcceptedCertificate(PublicKey Key, IReadOnlyList<(string Text, bool IsUri)> Names, DateTimeOffset From, DateTimeOffset Until);
}
