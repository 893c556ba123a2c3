namespace Rewt.Internal;

/// <summary>
/// The content of the tokens of a test client, as the test has specified it: the calling service, the claims, the audience, the tenant and the
/// binding. The client sends only the random id of the identity.
/// </summary>
internal sealed record TestIdentity(
    string Id, string Service, IReadOnlyDictionary<string, object>? Claims, string? Audience, string? Tenant, string? Scheme, RequestBinding Binding, bool OneTime)
{
    /// <summary>
    /// Returns the name of the calling service. The id is not included, because a caller that knows the id can call in the name of the service.
    /// </summary>
    public override string ToString() => $"{Service} of a test";
}
