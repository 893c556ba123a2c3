namespace Rewt.Internal;

/// <summary>
/// Decides whether the API key of a request is accepted. The decision uses this instance's snapshot of the trusted apps. If the key is unknown in the
/// snapshot, the checker reads the apps from the store again before the decision. Concurrent calls share one read of the store.
/// </summary>
internal sealed class ApiKeyChecker(TrustedAppProvider apps, AppUseLog uses, TimeProvider time)
{
    /// <exception cref="RewtKeysUnavailableException">The trusted apps cannot be read from the store.</exception>
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

    /// <summary>Records the current time as the time at which a key was last accepted.</summary>
    public void Used(string keyId) => uses.Note(keyId);
}
