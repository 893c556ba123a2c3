namespace Rewt.Internal;

/// <summary>
/// Records the metrics of one key ring in the instruments of <see cref="RewtMetrics"/>: signed and refused tokens, reads, rotations and others. Each
/// value has the namespace as an attribute. Recording allocates no memory while no listener is attached.
/// </summary>
internal sealed class RingMetrics(RewtMetrics? instruments, string @namespace)
{
    /// <summary>A shared object that records no metrics.</summary>
    public static readonly RingMetrics None = new(null, string.Empty);

    private readonly KeyValuePair<string, object?> _namespace = new("rewt.namespace", @namespace);

    public void Signed(string type)
    {
        if (instruments is { TokensSigned: { Enabled: true } counter }) counter.Add(1, _namespace, new("rewt.token.type", type == TokenTypes.Data ? "data" : "bearer"));
    }

    /// <summary>Waits for a verification, and counts its result.</summary>
    public async ValueTask<TokenResult> CountAsync(ValueTask<TokenResult> verification)
    {
        try
        {
            var result = await verification.ConfigureAwait(false);
            Count(result);
            return result;
        }
        catch (RewtKeysUnavailableException)
        {
            Unavailable();
            throw;
        }
    }

    /// <summary>Counts a token that could be neither accepted nor refused, because keys were unavailable.</summary>
    public void Unavailable() => Verified("unavailable");

    /// <summary>
    /// Counts the result of a verification, with the precise reason of a refusal. The attributes of the metric contain no value from the token.
    /// </summary>
    public void Count(TokenResult result)
    {
        if (result.IsForeign || result.Cause is not { } cause) Verified(result.IsForeign ? "foreign" : "valid");
        else Refused(cause);
    }

    public void Refused(TokenRefusal cause)
    {
        if (instruments is { TokensVerified: { Enabled: true } counter }) counter.Add(1, _namespace, new("rewt.result", ResultOf(cause.Public)), new("rewt.reason", cause.Code));
    }

    /// <summary>Counts a token that was verified before, and whose cached result is still valid.</summary>
    public void CacheHit()
    {
        if (instruments is { CacheHits: { Enabled: true } counter }) counter.Add(1, _namespace);
    }

    public void UnknownKey(bool isFound)
    {
        if (instruments is { UnknownKeys: { Enabled: true } counter }) counter.Add(1, _namespace, new("rewt.outcome", isFound ? "found" : "not_found"));
    }

    public void ServedStale()
    {
        if (instruments is { StaleServes: { Enabled: true } counter }) counter.Add(1, _namespace);
    }

    public void Refreshed(TimeSpan duration, Exception? failure)
    {
        if (instruments is null) return;
        var error = failure is null ? null : StoreFailure.Cause(failure);
        if (error is null) instruments.RefreshDuration.Record(duration.TotalSeconds, _namespace);
        else
        {
            instruments.RefreshDuration.Record(duration.TotalSeconds, _namespace, new("error.type", error));
            instruments.RefreshErrors.Add(1, _namespace, new("error.type", error));
        }
    }

    /// <summary>Counts the rotation and the revocations in a key ring change that this instance wrote.</summary>
    public void Written(RingReading basis, RingChange plan, bool isCommand)
    {
        if (plan.Action is RingAction.Rotate or RingAction.AdoptRotation) Rotated(isCommand ? "operator" : plan.Action == RingAction.Rotate ? "schedule" : "node");
        var revoked = plan.Revoked.Keys.Count(keyId => !basis.Revoked.ContainsKey(keyId));
        if (revoked > 0) Revoked(revoked, isCommand ? "operator" : plan.Action == RingAction.MergeRevocations ? "merge" : "redis");
    }

    public void Rotated(string cause) => instruments?.Rotations.Add(1, _namespace, new("rewt.cause", cause));

    public void Revoked(int keys, string cause) => instruments?.Revocations.Add(keys, _namespace, new("rewt.cause", cause));

    public void Propagated(TimeSpan delay) => instruments?.PropagationDelay.Record(Math.Max(0, delay.TotalSeconds), _namespace);

    private void Verified(string result)
    {
        if (instruments is { TokensVerified: { Enabled: true } counter }) counter.Add(1, _namespace, new("rewt.result", result));
    }

    /// <summary>Returns the code of a refusal. The metrics, <c>rewt_error</c> in responses and the command-line tool use the same code.</summary>
    public static string ResultOf(RewtRefusal refusal) => refusal switch
    {
        RewtRefusal.None => "valid",
        RewtRefusal.StaleKey => "stale_key",
        RewtRefusal.Expired => "expired",
        RewtRefusal.NotYetValid => "not_yet_valid",
        RewtRefusal.BadAudience => "bad_audience",
        RewtRefusal.WrongRequest => "wrong_request",
        RewtRefusal.Replayed => "replayed",
        _ => "invalid",
    };
}
