namespace Rewt.Internal;

/// <summary>
/// The source of public keys at a URL (JWKS). The keys are downloaded again when the lifetime that the server permits has passed. If the server
/// permits more than one hour, the keys are downloaded again after one hour. For an unknown key id, the keys are downloaded at once, but at most
/// twice per second. If keys must be attested by certificates, the source returns only the keys that the attestation policy accepts.
/// </summary>
internal sealed class KeyUrl(Uri address, string rsaAlgorithm, IKeyDownload download, TimeSpan refreshInterval, TimeProvider time, ServiceIdentity? identity = null) : IPublicKeySource
{
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(1);

    private readonly ReadBudget _budget = new(time);
    private PublicKeySet? _keys;
    private PublicKeySet? _attested;
    private (PublicKeySet?, AttestationPolicy?) _attestedFrom;
    private StoreTime _attestedUntil;
    private PublicKeySourceException? _failure;
    private string? _entityTag;
    private ClockReading _fetchedAt;
    private TimeSpan _goodFor;

    public string Name => NameOf(address);

    /// <summary>
    /// Returns a name of the URL for messages. The name does not contain the query of the URL, because a query may contain a signature or a key.
    /// </summary>
    public static string NameOf(Uri address) => $"the address {address.GetLeftPart(UriPartial.Path)}";

    public async Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken)
    {
        if (isAsked || _fetchedAt.Elapsed(time) >= _goodFor) return await FetchAsync(cancellationToken).ConfigureAwait(false);
        return _failure is null ? Accepted() : throw new PublicKeySourceException(_failure.Message, _failure.InnerException);
    }

    public PublicKeySet? StillAccepted(PublicKeySet? last) => last is null ? null : Accepted();

    private async Task<PublicKeySet> FetchAsync(CancellationToken cancellationToken)
    {
        if (_budget.UntilFree() is var pause && pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        _budget.Spend();
        _fetchedAt = ClockReading.Now(time);
        try
        {
            var answer = await download.FetchAsync(address, _keys is null ? null : _entityTag, cancellationToken).ConfigureAwait(false);
            if (answer.Content is { } content)
            {
                var keys = PublicKeyText.TryRead(content, rsaAlgorithm, out var problem) ?? throw new PublicKeySourceException($"{Name} cannot be used: {problem}");
                _keys = keys.Keeping(_keys);
            }

            (_entityTag, _goodFor) = (answer.EntityTag ?? (answer.Content is null ? _entityTag : null), GoodFor(answer.MaxAge));
            _failure = null;
            return _keys is null ? throw new PublicKeySourceException($"{Name} answers 304 Not Modified, but has not been read before") : Accepted();
        }
        catch (PublicKeySourceException exception)
        {
            // The next refresh tries again, but not more than once a second.
            (_failure, _goodFor) = (exception, ShortestAge);
            throw;
        }
    }

    private PublicKeySet Accepted()
    {
        if (identity?.Policy is not { } policy) return _keys!;
        var now = StoreTime.From(time.GetUtcNow());
        if (_attestedFrom == (_keys, policy) && now < _attestedUntil) return _attested!;

        // The attested keys change without a new answer of the server when a certificate becomes valid or an attestation ends.
        (_attested, var isFinal) = policy.Filter(_keys!, _attested, identity.AttestedNamespace, now);
        (_attestedFrom, _attestedUntil) = ((_keys, policy), isFinal ? _attested.Attestations.Values.Min(attestation => attestation.By is { } by ? policy.NextCheck(by) : (StoreTime?)null) ?? StoreTime.Never : now);
        return _attested;
    }

    private TimeSpan GoodFor(TimeSpan? maxAge)
    {
        var age = maxAge ?? UsualAge;
        return age > LongestAge ? LongestAge : age > refreshInterval ? age : refreshInterval > ShortestAge ? refreshInterval : ShortestAge;
    }
}
