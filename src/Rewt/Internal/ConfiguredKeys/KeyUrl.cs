namespace Rewt.Internal;

/// <summary>
/// A key set at a URL. It is fetched again when the age that the server permits has passed, after one hour at the latest, and at once for an unknown
/// key id. The caller limits the latter to two fetches a second.
/// </summary>
internal sealed class KeyUrl(Uri address, string rsaAlgorithm, IKeyDownload download, TimeSpan refreshInterval, TimeProvider time) : IPublicKeySource
{
    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(1);

    private PublicKeySet? _keys;
    private string? _entityTag;
    private ClockReading _fetchedAt;
    private TimeSpan _goodFor;

    public string Name => NameOf(address);

    /// <summary>Names an address for messages. The query is left out: it may contain a signature or a key.</summary>
    public static string NameOf(Uri address) => $"the address {address.GetLeftPart(UriPartial.Path)}";

    public async Task<PublicKeySet> ReadAsync(bool isAsked, CancellationToken cancellationToken)
    {
        return _keys is not null && !isAsked && _fetchedAt.Elapsed(time) < _goodFor ? _keys : await FetchAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<PublicKeySet> FetchAsync(CancellationToken cancellationToken)
    {
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
            return _keys ?? throw new PublicKeySourceException($"{Name} says that nothing has changed and was never read");
        }
        catch (PublicKeySourceException)
        {
            // The next refresh, within one refresh interval, tries again.
            _goodFor = TimeSpan.Zero;
            throw;
        }
    }

    private TimeSpan GoodFor(TimeSpan? maxAge)
    {
        var age = maxAge ?? UsualAge;
        return age < refreshInterval ? refreshInterval : age > LongestAge ? LongestAge : age;
    }
}
