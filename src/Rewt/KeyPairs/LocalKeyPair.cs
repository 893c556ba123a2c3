namespace Rewt.Internal;

/// <summary>
/// A key pair that this process has generated to sign its tokens. The process publishes the public key with a proof of ownership
/// (<see cref="KeyProof"/>). If this service has a certificate, the process also publishes an <see cref="Attestation"/>.
/// </summary>
internal sealed record LocalKeyPair(KeyPair Pair, string Proof)
{
    private ServiceCertificate? _certificate;
    private AttestingCertificate? _by;
    private string? _attestation;

    public KeyId KeyId => Pair.KeyId;

    public static LocalKeyPair Generate(RewtOptions options)
    {
        var pair = KeyPair.Generate(options.KeyPairs.Algorithm);
        pair.Public.BelongTo(options.ServiceName!);
        return new LocalKeyPair(pair, KeyProof.Make(pair, new(options.Namespace, options.ServiceName!)));
    }

    /// <summary>
    /// Attests the key pair for the given time. An existing attestation by the same certificate is kept as long as it is valid for more than half of
    /// the given time.
    /// </summary>
    public LocalKeyPair Attest(ServiceCertificate certificate, RewtOptions options, StoreTime now, TimeSpan duration) =>
        ReferenceEquals(_certificate, certificate) && _by!.EndsAt - now > duration / 2 ? this : this with
        {
            _certificate = certificate,
            _by = new AttestingCertificate(certificate.Name, certificate.ChainNotAfter, now, now + duration),
            _attestation = certificate.Attest(Pair.Public, new(options.Namespace, options.ServiceName!), now, now + duration).ToJson(),
        };

    public PublishedKey Publish(RewtKeyState state, StoreTime until) => new(Pair.Public, state, until, Proof)
    {
        Entry = PublishedKey.Write(Pair.Public, state, until, Proof, _attestation),
        Attestation = _attestation,
        By = _by,
    };

    /// <summary>Returns a text with the key id and the algorithm, without the key.</summary>
    public override string ToString() => Pair.ToString();
}
