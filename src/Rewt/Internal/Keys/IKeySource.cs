namespace Rewt.Internal;

/// <summary>
/// Where the keys of one trust domain come from: a shared secret, key pairs, files. A <see cref="RingKeeper"/> runs it, one call at a time, decides when
/// it is asked, and answers everybody else from the last snapshot.
/// </summary>
internal interface IKeySource : IAsyncDisposable
{
    /// <summary>The book of live instances, where there is one.</summary>
    IInstanceBook? Instances => null;

    /// <summary>Who looks the server of the keys over, where there is one.</summary>
    IStoreDoctor? Doctor => null;

    /// <summary>Where an operator finds the keys when something is wrong with them.</summary>
    /// <param name="ring">The namespace.</param>
    string Whereabouts(string ring) => $"the key '{ring}:rewt-secret'";

    /// <summary>Whether a key of this id can be of this kind: none that cannot is looked for here.</summary>
    bool IsPossible(string keyId);

    /// <summary>Whether tokens that name no key are tried with these.</summary>
    bool TakesKeyless => false;

    /// <summary>
    /// From now on there shall be a key to sign with. A source that makes one for each process makes none for a process that only verifies.
    /// </summary>
    /// <returns>Whether an update may bring one that is not there yet.</returns>
    bool WantSigningKey() => false;

    /// <summary>Somebody waits for a key of this issuer (<see langword="null"/>: of whomever): the next update looks there as well.</summary>
    /// <exception cref="RewtKeysUnavailableException">Too many are asked for already.</exception>
    void Ask(string? issuer)
    {
    }

    /// <summary>Brings the keys up to date, after carrying out what an operator wants done.</summary>
    /// <param name="previous">What was known.</param>
    /// <param name="command">What shall be done; <see langword="null"/> for nothing.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The new view, or <see langword="null"/> while it is not yet to be believed and shall be looked at again soon.</returns>
    Task<KeySnapshot?> UpdateAsync(KeySnapshot? previous, KeyCommand? command, CancellationToken cancellationToken);

    /// <summary>Calls <paramref name="look"/> when others have changed something. Only a hint: it may come twice, late or not at all.</summary>
    Task SubscribeAsync(Action look, CancellationToken cancellationToken);
}
