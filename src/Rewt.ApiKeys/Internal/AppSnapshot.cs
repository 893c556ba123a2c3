using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// The immutable list of all trusted apps of a namespace, as this instance last read them. An API key can be checked against the list without a read
/// of Redis.
/// </summary>
/// <param name="reading">The apps that were read.</param>
/// <param name="revoked">The ids of all keys that this instance has ever read as revoked. These keys stay revoked in this instance, even if a
/// failover of Redis loses the revocation.</param>
/// <param name="readAt">The time at which the read began.</param>
internal sealed class AppSnapshot(AppReading reading, ImmutableHashSet<string> revoked, ClockReading readAt) : Snapshot(readAt)
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    public AppReading Reading => reading;

    public ImmutableHashSet<string> Revoked => revoked;

    /// <summary>
    /// Compares a key's hash with each key hash of an app, in constant time. If the app does not exist, the method compares the hash with a fixed
    /// value instead, so that the check of an unknown app takes a similar time.
    /// </summary>
    public ApiKeyVerdict Check(string appId, byte[] hash, long now)
    {
        AppKey? found = null;
        if (!reading.Apps.TryGetValue(appId, out var app)) CryptographicOperations.FixedTimeEquals(hash, NoHash);
        foreach (var key in app?.Keys ?? [])
        {
            if (CryptographicOperations.FixedTimeEquals(hash, key.Hash)) found = key;
        }

        if (found is null) return ApiKeyFormat.KeyIdOf(hash) is var id && revoked.Contains(id) ? new ApiKeyVerdict(ApiKeyRefusal.Revoked, app, id) : new ApiKeyVerdict(ApiKeyRefusal.Unknown);
        if (found.Revoked is not null || revoked.Contains(found.Id)) return new ApiKeyVerdict(ApiKeyRefusal.Revoked, app, found.Id);
        return new ApiKeyVerdict(found.IsLive(now) ? null : ApiKeyRefusal.Expired, app, found.Id);
    }
}
