namespace Rewt.Internal;

/// <summary>The keys of the request options that carry claims, tenant and binding.</summary>
internal static class SigningMarks
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");

    public static readonly HttpRequestOptionsKey<RequestBinding> Binding = new("Rewt.Binding");

    public static readonly HttpRequestOptionsKey<bool> OneTime = new("Rewt.OneTime");
}
