namespace Rewt.Internal;

/// <summary>Provides the claims of the caller on whose behalf this service sends a request, so that a token can forward them.</summary>
internal interface ICallerClaims
{
    /// <summary>Whether a request is being answered. Work that outlives its request has no caller.</summary>
    bool HasCaller { get; }

    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
