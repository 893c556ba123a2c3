namespace Rewt.Internal;

/// <summary>The keys of the request options that carry claims and tenant.</summary>
internal static class SigningMarks
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");
}
