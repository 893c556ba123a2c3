namespace Rewt.Internal;

/// <summary>
/// Decides whether an API key that a request presents is accepted, for <see cref="ApiKeyHandler"/> and <see cref="TokenEndpoint"/>, from this
/// instance's snapshot of the trusted apps. For an unknown key, the apps are read from the store once more; concurrent calls share that read.
/// </summary>
internal sealed class ApiKeyChecker(TrustedAppProvider apps, AppUseLog uses, TimeProvider time)
{
    /// <exception cref="RewtKeysUnavailableException">The apps are unavailable.</exception>
    public async ValueTask<ApiKeyVerdict> CheckAsync(string key, CancellationToken cancellationToken)
    {
        if (ApiKeyFormat.AppIdOf(key) is not { } appId) return new ApiKeyVerdict(ApiKeyRefusal.Malformed);

        var hash = ApiKeyFormat.Hash(key);
        var snapshot = await apps.GetAsync(cancellationToken).ConfigureAwait(false);
        if (Check(snapshot).Refusal == ApiKeyRefusal.Unknown) snapshot = await apps.RefreshAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var verdict = Check(snapshot);
            // Checked again against the latest snapshot: the process may have been suspended meanwhile while the key was revoked.
            var latest = await apps.GetAsync(cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(latest, snapshot)) return verdict;
            snapshot = latest;
        }

        ApiKeyVerdict Check(AppSnapshot known) => known.Check(appId, hash, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Records a use of an accepted key.</summary>
    public void Used(string keyId) => uses.Note(keyId);
}
