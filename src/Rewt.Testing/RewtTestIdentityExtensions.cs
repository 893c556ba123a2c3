using Rewt.Internal;

namespace Rewt;

/// <summary>Extension methods that add valid tokens of a named service to the requests of an <c>HttpClient</c> in a test.</summary>
public static class RewtTestIdentityExtensions
{
    /// <summary>
    /// Adds a token of the named service to each request of this client. The token is signed when the request arrives at the host. A request that has
    /// an <c>Authorization</c> header gets no token. The host must run in the process of the test (<c>WebApplicationFactory</c>, <c>TestServer</c> or
    /// Kestrel) and use <c>AddRewtTesting</c>. A request to any other host contains no token, but only the header <c>Rewt-Test-Identity</c>, which
    /// such a host ignores.
    /// </summary>
    /// <param name="client">The client. A second call for the same client replaces the identity of the first call.</param>
    /// <param name="service">The name of the calling service.</param>
    /// <param name="claims">Additional claims of the tokens.</param>
    /// <param name="audience">The audience of the tokens. Default: the service name of the host that receives the request.</param>
    /// <param name="tenant">The tenant whose key signs the tokens, if tenants are enabled.</param>
    /// <param name="scheme">The name of the scheme that verifies the tokens. Default: the main scheme.</param>
    /// <param name="binding">The parts of each request that its token is bound to.</param>
    /// <param name="oneTime">Whether each token is accepted only once.</param>
    /// <returns>The client, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="service"/> or <paramref name="audience"/> is not a valid service name.</exception>
    public static HttpClient WithRewtIdentity(
        this HttpClient client,
        string service,
        IReadOnlyDictionary<string, object>? claims = null,
        string? audience = null,
        string? tenant = null,
        string? scheme = null,
        RequestBinding binding = RequestBinding.None,
        bool oneTime = false)
    {
        ArgumentNullException.ThrowIfNull(client);
        TestNames.Check(service, nameof(service));
        if (audience is not null) TestNames.Check(audience, nameof(audience));
        TestIdentities.Give(client, new TestIdentity(TestIdentities.NewId(), service, claims, audience, tenant, scheme, binding, oneTime));
        return client;
    }
}
