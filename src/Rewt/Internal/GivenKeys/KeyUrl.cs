namespace Rewt.Internal;

/// <summary>
/// A key set behind an address. It is fetched anew when what its server calls its age has passed, at the latest after an hour, and at once, but no more than
/// once a second, for a key that is not in it.
/// </summary>
internal sealed class KeyUrl(Uri address, string rsaAlgorithm, IKeyDownload download, TimeSpan refreshInterval, TimeProvider time) : IPublicKeyPlace
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(1);

    private PublicKeySet? _keys;
    private string? _entityTag;
    private Moment _askedAt;
    private TimeSpan _goodFor;
    private KeyPlaceException? _failure;

    public string Name => $"the address {address}";

    public async Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken)
    {
        if (_keys is null && _failure is null) return await FetchAsync(cancellationToken).ConfigureAwait(false);

        var age = _askedAt.Elapsed(time);
        if (age < ShortestPause || (age < _goodFor && !isAsked)) return _failure is null ? _keys! : throw _failure;
        return await FetchAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<PublicKeySet> FetchAsync(CancellationToken cancellationToken)
    {
        _askedAt = Moment.Now(time);
        try
        {
            var answer = await download.FetchAsync(address, _keys is null ? null : _entityTag, cancellationToken).ConfigureAwait(false);
            if (answer.Content is { } content)
            {
                var keys = PublicKeyText.TryRead(content, rsaAlgorithm, out var problem) ?? throw new KeyPlaceException($"{Name} cannot be used: {problem}");
                _keys = keys.Keeping(_keys);
            }

            (_failure, _entityTag, _goodFor) = (null, answer.EntityTag ?? (answer.Content is null ? _entityTag : null), GoodFor(answer.MaxAge));
            return _keys ?? throw new KeyPlaceException($"{Name} says that nothing has changed and was never read");
        }
        catch (KeyPlaceException exception)
        {
            // Tried again at the next look, which comes within one refresh interval.
            (_failure, _goodFor) = (exception, TimeSpan.Zero);
            throw;
        }
    }

    private TimeSpan GoodFor(TimeSpan? maxAge)
    {
        var age = maxAge ?? UsualAge;
        return age < refreshInterval ? refreshInterval : age > LongestAge ? LongestAge : age;
    }
}
