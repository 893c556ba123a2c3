namespace Rewt.Internal;

/// <summary>The keys under which a request's options carry the claims, the tenant and the binding that the application has set for its token.</summary>
internal static class SigningMarks
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");

    public static readonly HttpRequestOptionsKey<RequestBinding> Binding = new("Rewt.Binding");

    public static readonly HttpRequestOptionsKey<bool> OneTime = new("Rewt.OneTime");
}
