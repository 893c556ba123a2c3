using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>
/// The immutable keys of one namespace after one read of their source. Requests sign and verify with these keys until the next read. Shared secrets,
/// key pairs and configured keys each have a derived class.
/// </summary>
internal abstract class KeySnapshot(ClockReading readStarted) : Snapshot(readStarted)
{
    /// <summary>
    /// A tolerance that is added to the permitted difference between two clocks. The tolerance is necessary because the comparison cannot distinguish
    /// a slow read from a wrong clock.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    /// <summary>The reason why a required write failed; <see langword="null"/> if no write failed.</summary>
    public string? WriteRefusal { get; init; }

    /// <summary>Whether only the secret is shared through Redis: see <see cref="RingReading.IsDegraded"/>.</summary>
    public virtual bool IsDegraded => false;

    /// <summary>The reason why the key ring works only in part, for an operator; <see langword="null"/> if there is none.</summary>
    public virtual string? DegradedReason => null;

    /// <summary>
    /// Returns the reason why the namespace <paramref name="name"/> has no keys to sign or to verify with, although its keys were read;
    /// <see langword="null"/> if it has such keys.
    /// </summary>
    public virtual string? UnhealthyReason(string name, ClockReading now) => null;

    /// <summary>Returns the message of the exception that is thrown if the namespace <paramref name="name"/> has no key to sign with.</summary>
    public virtual string NoSigningKey(string name, string section) =>
        $"The key ring '{name}' has no signing key, and Redis does not allow this service to write one. See the log and the health check.";

    /// <summary>Whether an operator can rotate and revoke the keys.</summary>
    public virtual bool CanChange => true;

    /// <summary>The name of the last writer of the key ring; <see langword="null"/> if it is unknown.</summary>
    public virtual string? ChangedBy => null;

    /// <summary>
    /// Returns the pending read for which a request can wait, if a key source, such as a URL, has not answered since the given time; otherwise
    /// <see langword="null"/>.
    /// </summary>
    public virtual PendingRead? UnansweredSince(ClockReading asked) => null;

    /// <summary>Returns whether the next read may find a key of an issuer, because the last read has not verified all new keys.</summary>
    public virtual bool IsUnchecked(string? issuer, KeyId keyId) => false;

    /// <summary>
    /// Returns a message about keys that were not read or not verified and may include an unknown key; <see langword="null"/> if there are none.
    /// </summary>
    /// <param name="issuer">The issuer that the token names; <see langword="null"/> if it is unknown.</param>
    /// <param name="keyId">The key id that the token names; <see langword="null"/> if the token names none.</param>
    public virtual string? UnresolvedReason(string? issuer, KeyId? keyId) => null;

    /// <summary>
    /// A random value that identifies a series of <see cref="Version"/> numbers; <see langword="null"/> if this instance does not need to confirm
    /// revocations. The versions of two snapshots can be compared only if the snapshots have the same epoch.
    /// </summary>
    public abstract string? Epoch { get; }

    /// <summary>A number that increases with each change of the keys.</summary>
    public abstract long Version { get; }

    /// <summary>
    /// Whether the store contains the version, so that all instances with the same keys have the same version. Otherwise, each instance counts its own
    /// versions.
    /// </summary>
    public virtual bool HasSharedVersion => false;

    /// <summary>The time at which the store was read, by the clock of the store.</summary>
    public abstract StoreTime ReadAt { get; }

    /// <summary>
    /// A time by the clock of the store. If another instance has read the store after this time, it has read the revocation in this snapshot. The time is
    /// compared only if the versions of the two instances cannot be compared.
    /// </summary>
    public virtual StoreTime ConfirmedFrom => ReadAt;

    /// <summary>
    /// The difference between the wall clock of this instance and the clock of the store. The difference is positive if the clock of this instance is
    /// ahead, and includes the duration of the read.
    /// </summary>
    public TimeSpan ClockOffset => ReadStarted.WallClock - ReadAt.ToDateTimeOffset();

    /// <summary>Returns whether the clock of this instance differs from the clock of the store by more than the permitted difference.</summary>
    public bool IsClockOff(TimeSpan permitted) => ClockOffset.Duration() > permitted + ClockTolerance;

    /// <summary>The current key, according to the store; <see langword="null"/> if there is none.</summary>
    public abstract SigningKey? Current { get; }

    /// <summary>The pending key; <see langword="null"/> if there is none.</summary>
    public abstract SigningKey? Next { get; }

    /// <summary>The ids of the revoked keys, each with the time after which it is removed from the list.</summary>
    public abstract IReadOnlyDictionary<KeyId, StoreTime> Revoked { get; }

    /// <summary>Returns the time for which the current key has been signing; <see langword="null"/> if the time is unknown.</summary>
    public virtual TimeSpan? CurrentAge(ClockReading now) => null;

    /// <summary>
    /// Returns the time until the next scheduled change of the keys; <see cref="TimeSpan.MaxValue"/> if no change is scheduled. No push message
    /// announces a scheduled change.
    /// </summary>
    public abstract TimeSpan UntilRotation(ClockReading now);

    /// <summary>Returns the key that signs now; <see langword="null"/> if there is none.</summary>
    public abstract SigningKey? SigningKey(ClockReading now);

    /// <summary>
    /// Returns the key that the store names as current. Node services verify with this key. When a rotation is due, <see cref="SigningKey"/> may
    /// already return the pending key instead.
    /// </summary>
    public virtual SigningKey? StoredKey(ClockReading now) => SigningKey(now);

    /// <summary>
    /// A value that identifies the publication of this instance's key; <see langword="null"/> if instances publish no keys of their own. If the store
    /// loses the key and this instance publishes the key again, the value changes but the key id does not.
    /// </summary>
    public virtual string? Publication => null;

    /// <summary>Returns the keys that may verify a token with a given key id, if no refresh is necessary.</summary>
    /// <param name="issuer">The issuer that the token names, which is not verified yet; <see langword="null"/> if it is unknown.</param>
    /// <param name="keyId">The key id that the token names.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The keys that may verify the token; <see langword="null"/> if a refresh is necessary. The list is empty if the key is revoked or
    /// cannot exist.</returns>
    public abstract IReadOnlyList<SecurityKey>? Known(string? issuer, KeyId keyId, ClockReading now);

    /// <summary>Returns the keys with a given id that may verify, for any issuer; <see langword="null"/> if there are none.</summary>
    public IReadOnlyList<SecurityKey>? Find(KeyId keyId, ClockReading now) => Known(null, keyId, now) is { Count: > 0 } keys ? keys : null;

    /// <summary>Returns a key in the store that was refused when it was read; <see langword="null"/> if no such key was refused.</summary>
    public virtual RefusedKey? RefusedKeyOf(string? issuer, KeyId keyId) => null;

    /// <summary>Returns the keys that are tried for a token without a key id.</summary>
    public virtual IReadOnlyList<SecurityKey> KeylessKeys(ClockReading now) => [];

    /// <summary>
    /// Returns the public keys, including pending keys, with which others can verify the tokens of a service. Each key is returned with its
    /// attestation in JSON, if it has one. Keys of other services are never included. A key set does not name the issuer of a key, so a receiver
    /// would accept the tokens of other services as tokens of this service. For a shared secret, the list is empty.
    /// </summary>
    public virtual IReadOnlyList<(PublicKey Key, string? Attestation)> PublicKeysOf(string serviceName, ClockReading now) => [];

    /// <summary>Descriptions of the revoked keys, to show to an operator.</summary>
    protected IEnumerable<RewtKey> RevokedKeys => Revoked
        .Select(pair => new RewtKey { KeyId = pair.Key.ToString(), State = RewtKeyState.Revoked, StateEndsAt = pair.Value.ToDateTimeOffset() })
        .OrderByDescending(key => key.StateEndsAt);

    /// <summary>Returns descriptions of the keys, to show to an operator.</summary>
    public abstract IReadOnlyList<RewtKey> ToKeys();

    /// <summary>
    /// Returns the current time by the clock of the store. The time is computed from the store's time at the read and the time that has passed since
    /// the read.
    /// </summary>
    public StoreTime StoreTimeAt(ClockReading now) => ReadAt + Age(now);
}
