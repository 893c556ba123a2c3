using Rewt.Internal;

namespace Rewt;

/// <summary>Lets the clients of a test call as services.</summary>
public static class RewtTestIdentityExtensions
{
    /// <summary>
    /// Each request of this client arrives with a token that this service has signed just then, as long as it brings no <c>Authorization</c> of its own. For clients of hosts in
    /// the test's own process that have <c>AddRewtTesting</c>: <c>WebApplicationFactory</c>, <c>TestServer</c>, Kestrel. Any other host sees an unknown header and no token.
    /// </summary>
    /// <param name="client">The client; called again, it calls as somebody else.</param>
    /// <param name="service">The service that calls.</param>
    /// <param name="claims">What else its tokens say.</param>
    /// <param name="audience">For whom its tokens are; by default for the host that they arrive at.</param>
    /// <param name="tenant">Whose keys sign, where each tenant has its own.</param>
    /// <param name="scheme">The scheme that is to accept it; by default the main one.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentException"><paramref name="service"/> or <paramref name="audience"/> is no name of a service.</exception>
    public static HttpClient WithRewtIdentity(
        this HttpClient client,
        string service,
        IReadOnlyDictionary<string, object>? claims = null,
        string? audience = null,
        string? tenant = null,
        string? scheme = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        TestNames.Check(service, nameof(service));
        if (audience is not null) TestNames.Check(audience, nameof(audience));
        TestIdentities.Give(client, new TestIdentity(TestIdentities.NewId(), service, claims, audience, tenant, scheme));
        return client;
    }
}
