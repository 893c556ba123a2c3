namespace Rewt.Internal;

/// <summary>
/// The token for one audience and one set of claims. However many requests want it, one signs and the others take what it made; while a
/// token in use grows old, the next one is made behind its back.
/// </summary>
internal sealed class BearerTokenSlot(BearerTokenMaker maker, string? audience, string claims) : IThreadPoolWorkItem
{
    private readonly Lock _signing = new();
    private volatile BearerToken? _token;
    private int _isRefreshing;

    public string? Tenant => maker.Tenant;

    public string? Audience => audience;

    /// <param name="key">The key that signs.</param>
    /// <param name="isAhead">The store does not name it as current yet.</param>
    /// <param name="values">The claims.</param>
    /// <param name="fresh">The receiver refused what was here last.</param>
    /// <param name="now">The clock.</param>
    public BearerToken Take(SigningKey key, bool isAhead, IReadOnlyDictionary<string, object>? values, bool fresh, DateTimeOffset now)
    {
        var seen = _token;
        if (!fresh && IsGood(seen, key, isAhead, now))
        {
            if (now >= seen!.RefreshAt && Interlocked.Exchange(ref _isRefreshing, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return seen;
        }

        lock (_signing)
        {
            // One that was made while this one waited is younger than its look at the clock.
            return _token is { } newer && newer != seen && newer.KeyId == key.KeyId && newer.IsAhead == isAhead && now < newer.UseUntil ? newer : _token = maker.Make(key, isAhead, audience, values);
        }
    }

    /// <summary>Makes the next token. One that cannot be had now is tried again by the next request, and in time by one that needs it.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            lock (_signing)
            {
                _token = maker.MakeFromMemory(audience, claims) ?? _token;
            }
        }
        catch (RewtKeysUnavailableException)
        {
            // Whoever needs the token gets this error when the one in use has come to its end.
        }
        finally
        {
            Volatile.Write(ref _isRefreshing, 0);
        }
    }

    private static bool IsGood(BearerToken? token, SigningKey key, bool isAhead, DateTimeOffset now) =>
        token is not null && token.KeyId == key.KeyId && token.IsAhead == isAhead && token.IsUsable(now);
}
