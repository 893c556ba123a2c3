namespace Rewt.Internal;

/// <summary>
/// The implementation of <see cref="IRewtApps"/>. A method that changes an app first reads the app. The method writes the changed app only if no
/// other process has changed the app since the read. If another process has changed the app, the method starts again with the read.
/// </summary>
/// <param name="store">The store of the apps.</param>
/// <param name="options">The settings of the namespace.</param>
/// <param name="time">The clock of this instance.</param>
/// <param name="own">The apps that this instance has cached; <see langword="null"/> if this instance does not check API keys.</param>
internal sealed class RewtApps(IAppStore store, RewtOptions options, TimeProvider time, TrustedAppProvider? own = null) : IRewtApps
{
    private const int Attempts = 20;
    private const int LiveKeys = 2;

    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(31);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<RewtNewApiKey> AddAsync(RewtApp app, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default)
    {
        Validate(app);
        var (key, made) = Make(app.Id, keyExpiresAt);
        return ChangeAsync(
            app.Id,
            former =>
            {
                if (former?.Keys.Any(known => known.IsLive(Now)) == true)
                {
                    throw new InvalidOperationException($"The app '{app.Id}' already exists and has a live key. Create another key with RotateAsync, or change the app with UpdateAsync.");
                }

                return (new AppEntry(app.Id, app.Name, app.Owner, [.. app.Audiences], [.. app.Scopes], [.. KeptKeys(former), key]), made);
            },
            cancellationToken);
    }

    public async Task<bool> UpdateAsync(RewtApp app, CancellationToken cancellationToken = default)
    {
        Validate(app);
        var change = ChangeAsync(
            app.Id,
            former => former is null
                ? (null, false)
                : (former with { Name = app.Name, Owner = app.Owner, Audiences = [.. app.Audiences], Scopes = [.. app.Scopes] }, true),
            cancellationToken);
        return await AppliedAsync(change, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<RewtApp>> ListAsync(CancellationToken cancellationToken = default)
    {
        var (apps, uses) = await AskAsync(
            async () =>
            {
                var reading = await store.ReadAsync(null, cancellationToken).ConfigureAwait(false);
                return (reading, await store.ReadUsesAsync(reading.Apps.Values.SelectMany(app => app.Keys).Select(key => key.Id), cancellationToken).ConfigureAwait(false));
            },
            _ => $"The trusted apps of '{options.Namespace}' cannot be read",
            cancellationToken).ConfigureAwait(false);
        return [.. apps.Apps.Values.OrderBy(app => app.Id, StringComparer.Ordinal).Select(app => View(app, uses))];
    }

    public Task<RewtNewApiKey> RotateAsync(string appId, DateTimeOffset? keyExpiresAt = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(appId);
        if (!ApiKeyFormat.IsAppId(appId)) throw new InvalidOperationException("The app does not exist. IRewtApps.ListAsync returns the apps.");
        var (key, made) = Make(appId, keyExpiresAt);
        return ChangeAsync(
            appId,
            former =>
            {
                if (former is null) throw new InvalidOperationException($"The app '{appId}' does not exist. Create it with AddAsync.");
                if (former.Keys.Count(known => known.IsLive(Now)) >= LiveKeys)
                {
                    throw new InvalidOperationException($"The app '{appId}' has {LiveKeys} live keys. Revoke the one that it no longer uses with RevokeKeyAsync.");
                }

                return (former with { Keys = [.. KeptKeys(former), key] }, made);
            },
            cancellationToken);
    }

    public Task<bool> RevokeKeyAsync(string appId, string keyId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(appId);
        ArgumentNullException.ThrowIfNull(keyId);
        return RevokeAsync(appId, key => key.Id == keyId, cancellationToken);
    }

    public Task<bool> RevokeAsync(string appId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(appId);
        return RevokeAsync(appId, null, cancellationToken);
    }

    private Task<bool> RevokeAsync(string appId, Func<AppKey, bool>? which, CancellationToken cancellationToken)
    {
        var change = ChangeAsync(
            appId,
            former =>
            {
                if (former is null || (which is not null && !former.Keys.Any(which))) return (null, false);
                AppKey[] keys = [.. former.Keys.Select(key => key.Revoked is null && which?.Invoke(key) != false ? key with { Revoked = Now } : key)];
                return (keys.SequenceEqual(former.Keys) ? null : former with { Keys = keys }, true);
            },
            cancellationToken);
        return AppliedAsync(change, cancellationToken);
    }

    /// <summary>
    /// Waits for a change, and refreshes the apps that this instance has cached, so that the change applies in this instance at once. Returns whether
    /// the changed app exists.
    /// </summary>
    private async Task<bool> AppliedAsync(Task<bool> change, CancellationToken cancellationToken)
    {
        if (!await change.ConfigureAwait(false)) return false;
        if (own is null) return true;

        try
        {
            await own.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RewtKeysUnavailableException)
        {
            // The change has been written; the next poll reads it.
        }

        return true;
    }

    /// <param name="appId">The id of the app.</param>
    /// <param name="change">A function that receives the stored app, and returns the changed app and the return value of this method. If the
    /// function returns no app, the stored app stays unchanged.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    private Task<T> ChangeAsync<T>(string appId, Func<AppEntry?, (AppEntry? App, T Answer)> change, CancellationToken cancellationToken) => AskAsync(
        async () =>
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                var former = ApiKeyFormat.IsAppId(appId) ? await store.FindAsync(appId, cancellationToken).ConfigureAwait(false) : default;
                var (app, answer) = change(former.App);
                if (app is null || await store.TryWriteAsync(former, app, cancellationToken).ConfigureAwait(false)) return answer;
            }

            throw new RewtKeysUnavailableException(
                $"The app '{appId}' was not changed, because other processes changed it at the same time. Try again.", TimeSpan.FromSeconds(1));
        },
        exception => $"The app '{appId}' of '{options.Namespace}' {WriteOutcome.Of(exception)}",
        cancellationToken);

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, Func<Exception, string> failure, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException and not InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            throw new RewtKeysUnavailableException(
                $"{failure(exception)}: {StoreFailure.OfWrite(exception, options.ConnectionSection)}",
                TimeSpan.FromSeconds(2),
                exception);
        }
    }

    private (AppKey Stored, RewtNewApiKey Shown) Make(string appId, DateTimeOffset? keyExpiresAt)
    {
        var now = time.GetUtcNow();
        if (keyExpiresAt <= now) throw new ArgumentException("The expiry of the key must be in the future.", nameof(keyExpiresAt));

        var expiresAt = keyExpiresAt == DateTimeOffset.MaxValue ? (DateTimeOffset?)null : keyExpiresAt ?? now + KeyLifetime;
        var text = ApiKeyFormat.Create(appId);
        var hash = ApiKeyFormat.Hash(text);
        var keyId = ApiKeyFormat.KeyIdOf(hash);
        return (new AppKey(keyId, hash, now.ToUnixTimeMilliseconds(), expiresAt?.ToUnixTimeMilliseconds(), null), new RewtNewApiKey { AppId = appId, KeyId = keyId, Key = text, ExpiresAt = expiresAt });
    }

    /// <summary>
    /// Returns the keys that stay in the stored app: keys that are neither revoked nor expired, and keys that were revoked or expired recently. Keys
    /// that were revoked or expired recently stay, so that <see cref="IRewtApps.ListAsync"/> and instances that were disconnected can still read
    /// them.
    /// </summary>
    private IEnumerable<AppKey> KeptKeys(AppEntry? app) =>
        (app?.Keys ?? []).Where(key => key.Ended(Now) is not { } ended || ended > Now - (long)KeptAfterEnd.TotalMilliseconds);

    private void Validate(RewtApp app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (Error(app) is { } error) throw new ArgumentException(error, nameof(app));
    }

    private string? Error(RewtApp app)
    {
        if (!ApiKeyFormat.IsAppId(app.Id)) return $"Id must be 1 to {ApiKeyFormat.MaximumAppIdLength} letters, digits, '.', '_' or '-'.";
        if (AppLimits.Problem(app.Name, app.Owner, app.Audiences, app.Scopes) is { } problem) return problem;
        return app.Audiences.Contains(options.Namespace, StringComparer.Ordinal) ? $"Audiences contains '{options.Namespace}', which is the namespace. List each service instead." : null;
    }

    private static RewtApp View(AppEntry app, IReadOnlyDictionary<string, long> uses) => new(app.Id)
    {
        Name = app.Name,
        Owner = app.Owner,
        Audiences = app.Audiences,
        Scopes = app.Scopes,
        Keys = [.. app.Keys.Select(key => new RewtApiKey
        {
            KeyId = key.Id,
            CreatedAt = At(key.Created)!.Value,
            ExpiresAt = At(key.Expires),
            RevokedAt = At(key.Revoked),
            LastUsedAt = uses.TryGetValue(key.Id, out var used) ? At(used) : null,
        })],
    };

    private static DateTimeOffset? At(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
