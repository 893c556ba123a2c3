namespace Rewt.Internal;

/// <summary>Judges API keys by the apps in memory; a key that is not there asks the store once, shared with all who ask at the same time.</summary>
internal sealed class ApiKeyChecker(AppKeeper apps, AppUseLog uses, TimeProvider time)
{
    /// <exception cref="RewtKeysUnavailableException">The apps cannot be had.</exception>
    public async ValueTask<ApiKeyVerdict> CheckAsync(string key, CancellationToken cancellationToken)
    {
        if (ApiKeyFormat.AppIdOf(key) is not { } appId) return new ApiKeyVerdict(ApiKeyStatus.Malformed);

        var hash = ApiKeyFormat.Hash(key);
        var snapshot = await apps.GetAsync(cancellationToken).ConfigureAwait(false);
        if (Check(snapshot).Status == ApiKeyStatus.Unknown) snapshot = await apps.RefreshAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var verdict = Check(snapshot);
            // Asked again after the work: the process may have been stopped in between while the key was revoked.
            var latest = await apps.GetAsync(cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(latest, snapshot)) return verdict;
            snapshot = latest;
        }

        ApiKeyVerdict Check(AppSnapshot known) => known.Check(appId, hash, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The key was let in.</summary>
    public void Used(string keyId) => uses.Note(keyId);
}
