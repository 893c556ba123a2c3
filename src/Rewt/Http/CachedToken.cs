namespace Rewt.Internal;

/// <summary>
/// An entry of the <see cref="BearerTokenCache"/>: the last token for one audience and one set of claims. A new token is signed if the last token is
/// too old, or if the key has changed. Concurrent requests share the new token.
/// </summary>
/// <remarks>After <see cref="BearerToken.RefreshAt"/>, a new token is signed on the thread pool, and requests still use the last token.</remarks>
internal sealed class CachedToken(TokenSigner signer, TimeProvider time, string? audience, string claims) : IThreadPoolWorkItem
{
    private readonly Lock _signing = new();
    private volatile BearerToken? _token;
    private int _isRefreshing;

    public string? Tenant => signer.Tenant;

    public string? Audience => audience;

    /// <summary>Returns the cached token, or signs a new token.</summary>
    /// <param name="choice">The key that signs a new token.</param>
    /// <param name="values">The additional claims of the token.</param>
    /// <param name="fresh">Whether a new token must be signed, because the receiver refused the cached token.</param>
    /// <param name="now">The current time.</param>
    public BearerToken Take(SigningChoice choice, IReadOnlyDictionary<string, object>? values, bool fresh, DateTimeOffset now)
    {
        var seen = _token;
        if (!fresh && IsGood(seen, choice, now))
        {
            if (now >= seen!.RefreshAt && Interlocked.Exchange(ref _isRefreshing, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return seen;
        }

        lock (_signing)
        {
            // Another thread may have signed a token while this one waited for the lock. That token is newer than `now`, so its IssuedAt is not
            // checked.
            return _token is { } newer && newer != seen && newer.IsOf(choice) && now < newer.UseUntil ? newer : _token = BearerToken.Sign(signer, choice, audience, values);
        }
    }

    /// <summary>Signs the token that replaces the cached token. After a failure, the next request tries again.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            lock (_signing)
            {
                if (signer.Keys.Usable is { } snapshot)
                {
                    var choice = signer.KeyOf(snapshot, ClockReading.Now(time), isStored: false);
                    _token = BearerToken.Sign(signer, choice, audience, claims.Length == 0 ? null : ClaimJson.FromText(claims));
                }
            }
        }
        catch (Exception)
        {
            // An exception on the thread pool would end the process. The current token stays in use. If signing still fails when it expires, the request that needs a token gets this exception.
        }
        finally
        {
            Volatile.Write(ref _isRefreshing, 0);
        }
    }

    private static bool IsGood(BearerToken? token, SigningChoice choice, DateTimeOffset now) =>
        token is not null && token.IsOf(choice) && token.IsUsable(now);
}
