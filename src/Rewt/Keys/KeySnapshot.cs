using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The keys of one namespace after one read of their source; a shared secret, key pairs and configured keys have a derived class each. It is
/// immutable, and requests sign and verify with it until the next read replaces it.
/// </summary>
internal abstract class KeySnapshot(ClockReading readStarted) : Snapshot(readStarted)
{
    /// <summary>The reason why a required write failed; <see langword="null"/> when none did.</summary>
    public string? WriteRefusal { get; init; }

    /// <summary>Whether only the secret is shared: see <see cref="RingReading.IsDegraded"/>.</summary>
    public virtual bool IsDegraded => false;

    /// <summary>Another problem to report to an operator; <see langword="null"/> when there is none.</summary>
    public virtual string? DegradedReason => null;

    /// <summary>The reason why no token can be verified, although this snapshot can be used; <see langword="null"/> when there is none.</summary>
    public virtual string? VerificationProblem(ClockReading now) => null;

    /// <summary>The wait for a key source, such as a URL, that has not answered since a request; <see langword="null"/> when all have answered.</summary>
    public virtual PendingRead? UnansweredSince(ClockReading asked) => null;

    /// <summary>The reason why an unknown key id may still be valid: a key source was unreachable; otherwise <see langword="null"/>.</summary>
    public virtual string? UnresolvedReason => null;

    /// <summary>A random value that tells two series of versions apart; <see langword="null"/> where a revocation need not wait for this instance.</summary>
    public abstract string? Epoch { get; }

    /// <summary>Increases with each change.</summary>
    public abstract long Version { get; }

    /// <summary>When the store was read.</summary>
    public abstract StoreTime ReadAt { get; }

    /// <summary>How far this instance's wall clock was ahead of the store's clock, including the round trip to the store.</summary>
    public TimeSpan ClockOffset => ReadStarted.WallClock - ReadAt.ToDateTimeOffset();

    /// <summary>The key that signs until it is rotated.</summary>
    public abstract SigningKey? Current { get; }

    /// <summary>The pending key.</summary>
    public abstract SigningKey? Next { get; }

    /// <summary>The revoked key ids, and when each may be forgotten.</summary>
    public abstract IReadOnlyDictionary<string, StoreTime> Revoked { get; }

    /// <summary>How long the current key has been signing; <see langword="null"/> where this is unknown.</summary>
    public virtual TimeSpan? CurrentAge(ClockReading now) => null;

    /// <summary>The time until the next scheduled change, which no push message announces; <see cref="TimeSpan.MaxValue"/> when there is none.</summary>
    public abstract TimeSpan UntilRotation(ClockReading now);

    /// <summary>The key that signs now; <see langword="null"/> when there is none.</summary>
    public abstract SigningKey? SigningKey(ClockReading now);

    /// <summary>The key that the store names as current, which Node services verify with. <see cref="SigningKey"/> may be ahead of it.</summary>
    public virtual SigningKey? StoredKey(ClockReading now) => SigningKey(now);

    /// <summary>
    /// A value that changes if the store loses this instance's key and the instance publishes it again under the same key id; <see langword="null"/> where
    /// instances publish no keys of their own.
    /// </summary>
    public virtual string? Publication => null;

    /// <summary>Gets the keys that may verify a token with this key id, if this snapshot is enough to tell.</summary>
    /// <param name="issuer">The token's issuer, not verified yet; <see langword="null"/> where it is unknown.</param>
    /// <param name="keyId">The key id.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The keys; an empty list for a key that is revoked or cannot exist; <see langword="null"/> when only a refresh can tell.</returns>
    public abstract IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, ClockReading now);

    /// <summary>Gets the keys with this id that verify, for any issuer; <see langword="null"/> when there are none.</summary>
    public IReadOnlyList<SecurityKey>? Find(string keyId, ClockReading now) => Known(null, keyId, now) is { Count: > 0 } keys ? keys : null;

    /// <summary>Gets the few keys to try for a token without a key id.</summary>
    public virtual IReadOnlyList<SecurityKey> KeylessKeys(ClockReading now) => [];

    /// <summary>
    /// Gets the public keys, including the pending one, with which others may verify tokens of a service. Keys of other services are never included:
    /// a key set that names no issuers would let them sign as this service. A shared secret has no public keys. Each comes with its attestation in
    /// JSON, if it has one.
    /// </summary>
    public virtual IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => [];

    /// <summary>Gets the keys to show to an operator.</summary>
    public abstract IReadOnlyList<RewtKey> ToKeys();

    /// <summary>The store's current time, computed from its time at the read and the time that has passed since then.</summary>
    public StoreTime StoreTimeAt(ClockReading now) => ReadAt + Age(now);
}
