using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Rewt.Internal;

/// <summary>
/// All trusted apps of a namespace as this instance last read them, immutable. An API key is checked against it without a read of Redis.
/// </summary>
/// <param name="reading">The apps.</param>
/// <param name="revoked">The ids of all keys that this instance ever saw revoked. A revocation is final, even if a failover loses it.</param>
/// <param name="readAt">When the read began.</param>
internal sealed class AppSnapshot(AppReading reading, ImmutableHashSet<string> revoked, ClockReading readAt) : Snapshot(readAt)
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    public AppReading Reading => reading;

    public ImmutableHashSet<string> Revoked => revoked;

    /// <summary>Compares a hash in constant time with each key of the named app. If there is no such app, one comparison takes its place.</summary>
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
