namespace Rewt.Internal;

/// <summary>
/// Limits how many different unknown keys a key ring searches for at the same time. In normal operation, only a few keys are new at the same time.
/// Without the limit, a flood of forged key ids would keep thousands of requests in memory until the next read, and their garbage collection would
/// delay valid requests.
/// </summary>
internal sealed class UnknownKeyLimit
{
    /// <summary>
    /// The maximum number of unknown keys that are searched for at the same time. Usually, the next read begins within half a second. Even a large
    /// fleet publishes fewer new keys in this time.
    /// </summary>
    public const int Maximum = 256;

    private readonly Lock _gate = new();

    /// <summary>The keys that are being searched for, each with the number of requests that wait for it.</summary>
    private readonly Dictionary<(string? Issuer, KeyId KeyId), int> _searched = [];

    private readonly RequestQueue _refused = new();

    /// <summary>
    /// Begins the search for a key. If too many other keys are being searched for, the request is refused. Refused requests continue one at a
    /// time, so that many simultaneous refusals do not delay valid requests.
    /// </summary>
    /// <exception cref="RewtKeysUnavailableException">Too many different keys are being searched for.</exception>
    public async ValueTask BeginAsync((string? Issuer, KeyId KeyId) key, CancellationToken cancellationToken)
    {
        if (!TryBegin(key)) throw await RefuseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns whether a search for a key would be refused now.</summary>
    public bool Refuses((string? Issuer, KeyId KeyId) key)
    {
        lock (_gate) return IsFull && !_searched.ContainsKey(key);
    }

    /// <summary>Waits until the earlier refused requests have been released, and returns the exception for this refused request.</summary>
    public async ValueTask<RewtKeysUnavailableException> RefuseAsync(CancellationToken cancellationToken)
    {
        var turn = _refused.JoinAsync();
        _refused.Continue();
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new RewtKeysUnavailableException("Too many tokens with different unknown keys arrive at the same time.", TimeSpan.FromSeconds(1));
    }

    public void End((string? Issuer, KeyId KeyId) key)
    {
        lock (_gate)
        {
            if (--_searched[key] == 0) _searched.Remove(key);
        }
    }

    private bool IsFull => _searched.Count == Maximum;

    private bool TryBegin((string? Issuer, KeyId KeyId) key)
    {
        lock (_gate)
        {
            var requests = _searched.GetValueOrDefault(key);
            if (requests == 0 && IsFull) return false;
            _searched[key] = requests + 1;
            return true;
        }
    }
}
