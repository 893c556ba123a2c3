namespace Rewt.Internal;

/// <summary>Provides the claims of the current caller of this service.</summary>
internal interface ICallerClaims
{
    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
