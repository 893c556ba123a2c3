namespace Rewt.Internal;

internal sealed partial class RingKeeper : ISigningKeys
{
    /// <summary>The ring if it can be used without waiting: usable and no older than one refresh interval.</summary>
    public KeySnapshot? Fresh => FreshAt(Moment.Now(_time));

    /// <summary>The same for whoever has looked at the clocks already.</summary>
    public KeySnapshot? FreshAt(Moment now) => Volatile.Read(ref _snapshot) is { Problem: null } snapshot && snapshot.Age(now) <= _refreshInterval ? snapshot : null;

    /// <summary>The ring if it can be used without waiting, in an outage too.</summary>
    public KeySnapshot? Usable
    {
        get
        {
            var now = Moment.Now(_time);
            return FreshAt(now) ?? (Volatile.Read(ref _snapshot) is { Problem: null } snapshot && IsFailing(out _) && snapshot.Age(now) <= _staleBudget ? snapshot : null);
        }
    }

    /// <summary>The ring as <see cref="GetAsync"/> gives it, with a key to sign with where one can be made.</summary>
    /// <exception cref="RewtKeysUnavailableException">There is no such view.</exception>
    public ValueTask<KeySnapshot> GetSigningAsync(CancellationToken cancellationToken)
    {
        var now = Moment.Now(_time);
        return FreshAt(now) is { } snapshot && snapshot.SigningKey(now) is not null ? ValueTask.FromResult(snapshot) : GetSigningSlowAsync(cancellationToken);
    }

    /// <summary>This process is going to sign: its key is to be known to others before it does.</summary>
    public void WantSigningKey()
    {
        if (_source.WantSigningKey()) Look();
    }

    /// <summary>Looks for the keys of this issuer too when it is next refreshed; <see langword="null"/> where nobody says who it is.</summary>
    public void Ask(string? issuer) => _source.Ask(issuer);

    /// <summary>Whether a token that names no key may be of this ring.</summary>
    public bool TakesKeyless => _source.TakesKeyless;

    /// <summary>Whether a key of this id can be of this ring.</summary>
    public bool IsPossible(string keyId) => _source.IsPossible(keyId);

    /// <summary>Rotates: the pending key becomes current.</summary>
    public Task<KeySnapshot> RotateAsync(CancellationToken cancellationToken) => ExecuteAsync(KeyCommand.Rotate, cancellationToken);

    /// <summary>Revokes a key.</summary>
    public Task<KeySnapshot> RevokeAsync(string keyId, CancellationToken cancellationToken) => ExecuteAsync(KeyCommand.Revoke(keyId), cancellationToken);

    /// <summary>One look beside those of the loop, at once and beyond the budget: for tests, which wait until what they changed is known.</summary>
    public Task<KeySnapshot?> ReadNowAsync(CancellationToken cancellationToken) => CycleAsync(null, cancellationToken, isExtra: true);

    private async ValueTask<KeySnapshot> GetSigningSlowAsync(CancellationToken cancellationToken)
    {
        var mayCome = _source.WantSigningKey();
        var snapshot = await GetAsync(cancellationToken).ConfigureAwait(false);
        return snapshot.SigningKey(Moment.Now(_time)) is not null || !mayCome ? snapshot : await RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<KeySnapshot> ExecuteAsync(KeyCommand command, CancellationToken cancellationToken)
    {
        Start();
        try
        {
            var snapshot = await CycleAsync(command, cancellationToken).ConfigureAwait(false);
            if (snapshot?.Problem is { } problem) throw Unusable(problem);
            return snapshot ?? throw Unavailable(null);
        }
        catch (Exception exception) when (exception is not RewtKeysUnavailableException and not OperationCanceledException and not NotSupportedException)
        {
            throw Unchanged(exception);
        }
    }
}
