namespace Rewt.Internal;

/// <summary>Provides the claims of the current caller of this service.</summary>
internal interface ICallerClaims
{
    /// <summary>Whether a request is being answered. Work that outlives its request has no caller.</summary>
    bool HasCaller { get; }

    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
