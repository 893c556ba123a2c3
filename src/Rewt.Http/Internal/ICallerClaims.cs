namespace Rewt.Internal;

/// <summary>The claims of whoever is calling this service right now.</summary>
internal interface ICallerClaims
{
    IEnumerable<KeyValuePair<string, object>> Get(IEnumerable<string> names);
}
