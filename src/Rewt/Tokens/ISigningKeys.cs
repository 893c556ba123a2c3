namespace Rewt.Internal;

/// <summary>Supplies a <see cref="TokenSigner"/> with the keys that sign: those of a namespace, or those derived for one tenant.</summary>
internal interface ISigningKeys
{
    /// <summary>The name of the ring.</summary>
    string Name { get; }

    /// <summary>Returns the keys if they can be used now without waiting.</summary>
    KeySnapshot? FreshAt(ClockReading now);

    /// <summary>The keys, if they can be used without waiting, including stale keys during an outage.</summary>
    KeySnapshot? Usable { get; }

    /// <summary>Returns the key to sign with for a key of the ring: the key itself, or the one derived from it for the tenant.</summary>
    SigningKey For(SigningKey key);

    /// <summary>Gets the keys, with one to sign with if one can be created.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken);

    /// <summary>Gets the keys from a read that began after this call.</summary>
    /// <exception cref="RewtKeysUnavailableException">The keys are unavailable.</exception>
    Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken);
}
