namespace Rewt.Internal;

/// <summary>
/// The keys of <see cref="HttpRequestMessage.Options"/> that the <c>SetRewt…</c> extension methods use. The options contain the claims, the tenant
/// and the binding of the token until the request is signed.
/// </summary>
internal static class RequestOptionKeys
{
    public static readonly HttpRequestOptionsKey<IReadOnlyDictionary<string, object>> Claims = new("Rewt.Claims");

    public static readonly HttpRequestOptionsKey<string> Tenant = new("Rewt.Tenant");

    public static readonly HttpRequestOptionsKey<RequestBinding> Binding = new("Rewt.Binding");

    public static readonly HttpRequestOptionsKey<bool> OneTime = new("Rewt.OneTime");
}
