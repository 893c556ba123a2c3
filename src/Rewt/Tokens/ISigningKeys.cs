namespace Rewt.Internal;

/// <summary>The keys with which a <see cref="TokenSigner"/> signs: the keys of a namespace, or the keys that are derived for one tenant.</summary>
internal interface ISigningKeys
{
    /// <summary>The name of the namespace, for messages.</summary>
    string Name { get; }

    /// <summary>Returns the keys, if they can be used now without waiting; otherwise <see langword="null"/>.</summary>
    KeySnapshot? FreshAt(ClockReading now);

    /// <summary>
    /// The keys, if they can be used without waiting; otherwise <see langword="null"/>. During an outage, known keys can be used even if they are
    /// older than one refresh interval.
    /// </summary>
    KeySnapshot? Usable { get; }

    /// <summary>Returns the key to sign with: the given key of the namespace, or the key that is derived from it for the tenant.</summary>
    SigningKey For(SigningKey key);

    /// <summary>Returns the keys. If there is no key to sign with but one can be created, the method waits for the key.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken);

    /// <summary>Returns the keys from a read that begins after this call.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken);
}
