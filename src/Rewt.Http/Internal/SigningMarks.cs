namespace Rewt.Internal;

/// <summary>What travels with a request in its options.</summary>
internal static class SigningMarks
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");
}
