namespace Rewt.Internal;

/// <summary>Where a signer gets its keys from: the ring of a namespace or that of a tenant.</summary>
internal interface ISigningKeys
{
    /// <summary>The ring's name.</summary>
    string Name { get; }

    /// <summary>The keys if they can be used now without waiting.</summary>
    KeySnapshot? FreshAt(Moment now);

    /// <summary>The keys if they can be used without waiting, in an outage too.</summary>
    KeySnapshot? Usable { get; }

    /// <summary>The keys, with one to sign with where one can be made.</summary>
    /// <exception cref="RewtKeysUnavailableException">They cannot be had.</exception>
    ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken);

    /// <summary>The keys from a read that began after this call.</summary>
    /// <exception cref="RewtKeysUnavailableException">They cannot be had.</exception>
    Task<KeySnapshot> RefreshAsync(CancellationToken cancellationToken);
}
