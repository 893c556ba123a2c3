namespace Rewt.Internal;

/// <summary>
/// Supplies claims of the authenticated caller whose request this service is processing, so that the tokens of its outgoing requests can forward them
/// (<see cref="RewtSigningOptions.ForwardClaims"/>).
/// </summary>
internal interface ICallerClaims
{
    /// <summary>Whether a request is being answered. Work that outlives its request has no caller.</summary>
    bool HasCaller { get; }

    /// <summary>Gets those claims of the caller that have one of these names.</summary>
    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
