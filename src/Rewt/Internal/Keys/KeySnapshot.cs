using Microsoft.IdentityModel.Tokens;

namespace Rewt.Internal;

/// <summary>The keys of one trust domain that one read found.</summary>
internal abstract class KeySnapshot(Moment readStarted) : Snapshot(readStarted)
{
    /// <summary>Why what had to be written could not be; <see langword="null"/> when nothing was refused.</summary>
    public string? WriteRefusal { get; init; }

    /// <summary>Only a part of what should be shared is: see <see cref="RingReading.IsDegraded"/>.</summary>
    public virtual bool IsDegraded => false;

    /// <summary>What else an operator should know; <see langword="null"/> when all is well.</summary>
    public virtual string? Trouble => null;

    /// <summary>Why a key that is not here may exist all the same, so that nothing can be said of what it signed; <see langword="null"/> when it does not.</summary>
    public virtual string? Doubt => null;

    /// <summary>In which life of the keys <see cref="Version"/> counts; <see langword="null"/> where nobody waits for this instance.</summary>
    public abstract string? Epoch { get; }

    /// <summary>Grows with each change.</summary>
    public abstract long Version { get; }

    /// <summary>When this was read, Unix milliseconds by the store's clock.</summary>
    public abstract long ReadAt { get; }

    /// <summary>How far this instance's wall clock was ahead of the store's; the way to the store and back is in it.</summary>
    public TimeSpan ClockOffset => ReadStarted.WallClock - At(ReadAt);

    /// <summary>The key that signs until it is rotated.</summary>
    public abstract SigningKey? Current { get; }

    /// <summary>The key that is published to follow.</summary>
    public abstract SigningKey? Next { get; }

    /// <summary>Revoked key ids and when each may be forgotten.</summary>
    public abstract IReadOnlyDictionary<string, long> Dead { get; }

    /// <summary>How long the current key has signed; <see langword="null"/> where nobody knows.</summary>
    public virtual TimeSpan? CurrentAge(Moment now) => null;

    /// <summary>Until something is due that no message announces; <see cref="TimeSpan.MaxValue"/> when nothing is.</summary>
    public abstract TimeSpan UntilRotation(Moment now);

    /// <summary>The key that signs now; <see langword="null"/> when there is none.</summary>
    public abstract SigningKey? SigningKey(Moment now);

    /// <summary>The key that the store names as current, which Node services verify with: <see cref="SigningKey"/> may be ahead of it.</summary>
    public virtual SigningKey? StoredKey(Moment now) => SigningKey(now);

    /// <summary>The keys that may verify what names this key, as far as this look can say.</summary>
    /// <param name="issuer">Who is said to have signed; <see langword="null"/> where nobody says.</param>
    /// <param name="keyId">The key's id.</param>
    /// <param name="now">The clock.</param>
    /// <returns>None for a key that is dead or cannot be; <see langword="null"/> when only another look can tell.</returns>
    public abstract IReadOnlyList<SecurityKey>? Known(string? issuer, string keyId, Moment now);

    /// <summary>The keys of this id that verify, whoever signed; <see langword="null"/> when there are none.</summary>
    public IReadOnlyList<SecurityKey>? Find(string keyId, Moment now) => Known(null, keyId, now) is { Count: > 0 } keys ? keys : null;

    /// <summary>The few to try for a token that names no key.</summary>
    public virtual IReadOnlyList<SecurityKey> KeylessKeys(Moment now) => [];

    /// <summary>
    /// The public keys by which others may verify what a service signs, the one that follows among them; never keys of other services, which
    /// a set that names no issuers would let sign as this one. A shared secret has none.
    /// </summary>
    public virtual IReadOnlyList<PublicKey> PublicKeysOf(string serviceName, Moment now) => [];

    /// <summary>What an operator sees.</summary>
    public abstract IReadOnlyList<RewtKey> ToKeys();

    protected static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    /// <summary>The store's clock now, by this instance's.</summary>
    protected long StoreNow(Moment now) => ReadAt + (long)Age(now).TotalMilliseconds;
}
