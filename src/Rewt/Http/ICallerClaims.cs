namespace Rewt.Internal;

/// <summary>
/// Returns the claims of the caller whose request this service is processing. The claims are copied to the tokens of outgoing requests
/// (<see cref="RewtSigningOptions.ForwardClaims"/>).
/// </summary>
internal interface ICallerClaims
{
    /// <summary>Whether this service is processing a request. Work that continues after the response has no caller.</summary>
    bool HasCaller { get; }

    /// <summary>Returns the caller's claims that have one of the given names.</summary>
    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
